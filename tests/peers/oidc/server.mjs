// The hospital's sign-in for the tests: oidc-provider in front of a FHIR repository.
//
//   node server.mjs UPSTREAM     prints {"base_url", "issuer", "control"} once it listens
//
// `base_url` is a SMART gateway: it publishes the SMART configuration, lets a request pass to
// UPSTREAM only with an access token of this provider, and knows no clinician itself. `control` is
// for the tests alone: it closes accounts, opens them again, and makes the provider misbehave.
// Listens on 127.0.0.1 only; every account is invented.

import { createServer, request as forward } from "node:http";
import { once } from "node:events";
import { SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import { Provider } from "oidc-provider";

const UPSTREAM = new URL(process.argv[2]);
const ACCESS_SECONDS = 45; // shorter than the minute in which a client renews ahead of time
const PASSWORD = "rounds-at-eight";

const accounts = new Map([
  ["wang", { fhirUser: "Practitioner/dr-wang" }],
  ["li", { fhirUser: "Practitioner/nurse-li" }],
  ["patient", { fhirUser: "Patient/p-1" }],
  ["elsewhere", { fhirUser: "https://another.hospital.example/fhir/Practitioner/dr-wang" }],
  ["clerk", {}],
]);

// What the tests may set; see `misbehave` below.
const normal = { defect: "", userinfoOnly: false };
let mode = { ...normal };
const closed = new Set();
const seen = { logins: 0, refreshes: 0 };

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;
const issuer = `${origin}/sign-in`;
const base = `${origin}/fhir`;

const signing = await generateKeyPair("RS256", { extractable: true });
const jwk = { ...(await exportJWK(signing.privateKey)), kid: "of-this-test", alg: "RS256", use: "sig" };
const stranger = (await generateKeyPair("RS256", { extractable: true })).privateKey;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "wardone",
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/callback"],
    },
  ],
  jwks: { keys: [jwk] },
  cookies: { keys: ["only-for-the-tests"] },
  scopes: [
    "openid", "offline_access", "user/*.rs", "user/MedicationRequest.cu", "user/ServiceRequest.cu",
    "user/DocumentReference.cu", "user/Task.cu", "user/Communication.cu", "user/Provenance.cu",
    "user/AuditEvent.cu", "user/Basic.cud",
  ],
  claims: { openid: ["sub"], fhirUser: ["fhirUser", "preferred_username"] },
  conformIdTokenClaims: false, // SMART App Launch 2.2: fhirUser is a claim of the id_token
  extraParams: {
    aud(_ctx, value) {
      // SMART App Launch 2.2: the client says which repository it is about to use.
      if (value !== base) throw new Error("aud is another repository");
    },
  },
  ttl: { AccessToken: ACCESS_SECONDS, RefreshToken: 86400, Session: 86400, Grant: 86400, Interaction: 600, IdToken: 600 },
  rotateRefreshToken: true,
  features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
  interactions: { url: (_ctx, interaction) => `${origin}/interaction/${interaction.uid}` },
  findAccount(_ctx, id) {
    const known = accounts.get(id);
    if (!known || closed.has(id)) return undefined;
    return {
      accountId: id,
      claims: (use) => {
        const claims = { sub: id, preferred_username: id, ...known };
        if (use === "id_token" && mode.userinfoOnly) delete claims.fhirUser;
        return claims;
      },
    };
  },
});
provider.use(async (ctx, next) => {
  await next();
  if (ctx.method === "POST" && ctx.path.endsWith("/token") && ctx.body?.id_token) {
    if (ctx.oidc?.params?.grant_type === "refresh_token") seen.refreshes += 1;
    if (mode.defect) ctx.body.id_token = await misbehave(ctx.body.id_token, mode.defect);
  }
});
const signIn = provider.callback();

// The same id_token with one thing wrong; signed anew by the provider's own key, unless the
// signature is what is wrong.
async function misbehave(token, defect) {
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  const now = Math.floor(Date.now() / 1000);
  let key = await importJWK(jwk, "RS256");
  switch (defect) {
    case "issuer": claims.iss = "https://somebody.else.example"; break;
    case "audience": claims.aud = "another-program"; break;
    case "party": claims.aud = ["wardone", "another-program"]; claims.azp = "another-program"; break;
    case "expired": claims.iat = now - 7200; claims.exp = now - 3600; break;
    case "nonce": claims.nonce = "of-another-sign-in"; break;
    case "key": key = stranger; break;
    case "payload": {
      const [header, , signature] = token.split(".");
      const forged = { ...claims, fhirUser: "Practitioner/nurse-li" };
      return [header, Buffer.from(JSON.stringify(forged)).toString("base64url"), signature].join(".");
    }
    case "unsigned": {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${part({ alg: "none" })}.${part(claims)}.`;
    }
    default: throw new Error(`no defect ${defect}`);
  }
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: jwk.kid }).sign(key);
}

// --- the pages that a person sees ------------------------------------------------------------

const page = (title, form) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${form}`;

const loginPage = (uid, wrong) => page("Sign in", `${wrong ? '<p class="wrong">Wrong name or password.</p>' : ""}
<form method="post" action="/interaction/${uid}/login">
  <input name="username"><input name="password" type="password"><button>Sign in</button></form>
<form method="post" action="/interaction/${uid}/abort"><button>Cancel</button></form>`);

const consentPage = (uid) => page("Allow WardOne", `
<form method="post" action="/interaction/${uid}/consent"><button>Allow</button></form>
<form method="post" action="/interaction/${uid}/abort"><button>Cancel</button></form>`);

function html(res, status, text) {
  res.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  res.end(text);
}

async function interact(req, res, uid, step) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (req.method === "GET") {
    return html(res, 200, prompt.name === "login" ? loginPage(uid, false) : consentPage(uid));
  }
  if (step === "abort") {
    const refusal = { error: "access_denied", error_description: "stopped by the person" };
    return provider.interactionFinished(req, res, refusal, { mergeWithLastSubmission: false });
  }
  if (step === "login" && prompt.name === "login") {
    const form = new URLSearchParams(String(await read(req)));
    const name = form.get("username");
    if (!accounts.has(name) || closed.has(name) || form.get("password") !== PASSWORD) {
      return html(res, 200, loginPage(uid, true));
    }
    seen.logins += 1;
    return provider.interactionFinished(
      req, res, { login: { accountId: name } }, { mergeWithLastSubmission: false });
  }
  if (step === "consent" && prompt.name === "consent") {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    const { missingOIDCScope, missingOIDCClaims } = prompt.details;
    if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(" "));
    if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
    return provider.interactionFinished(
      req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }
  return html(res, 400, page("Out of order", ""));
}

// --- the repository behind it ----------------------------------------------------------------

const smart = () => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  // No jwks_uri: it is optional here, and a client finds it in the issuer's own description.
  grant_types_supported: ["authorization_code"],
  code_challenge_methods_supported: ["S256"],
  capabilities: ["launch-standalone", "client-public", "sso-openid-connect", "permission-user", "permission-v2"],
});

async function gateway(req, res) {
  if (req.url === "/fhir/.well-known/smart-configuration") return json(res, 200, smart());
  const [kind, token] = (req.headers.authorization ?? "").split(" ");
  const found = kind === "Bearer" && token ? await provider.AccessToken.find(token) : undefined;
  if (!found || closed.has(found.accountId)) {
    res.setHeader("WWW-Authenticate", 'Bearer error="invalid_token"');
    const issue = [{ severity: "error", code: "login" }];
    return json(res, 401, { resourceType: "OperationOutcome", issue }, "application/fhir+json");
  }
  const body = await read(req);
  if (!everythingIsGranted(req, body, found.scopes)) {
    const issue = [{ severity: "error", code: "forbidden" }];
    return json(res, 403, { resourceType: "OperationOutcome", issue }, "application/fhir+json");
  }
  const headers = { ...req.headers };
  delete headers.authorization;
  const { hostname, port } = UPSTREAM;
  const onward = forward({ hostname, port, path: req.url, method: req.method, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  onward.on("error", () => res.destroy());
  onward.end(body);
}

// SMART App Launch 2.2 scopes: `user/TYPE.LETTERS` with c(reate), r(ead), u(pdate), d(elete),
// s(earch). A transaction needs what each of its entries needs; a PUT that creates needs `u`.
const LETTERS = { GET: "r", HEAD: "r", POST: "c", PUT: "u", PATCH: "u", DELETE: "d" };

function everythingIsGranted(req, body, scopes) {
  const path = req.url.replace(/^\/fhir\/?/, "");
  const batch = req.method === "POST" && path === "";
  const asked = batch
    ? (JSON.parse(body).entry ?? []).map(({ request }) => [request.method, request.url])
    : [[req.method, path]];
  return asked.every(([method, url]) => {
    const [type, what] = url.split(/[/?]/);
    if (!/^[A-Z]/.test(type)) return true; // metadata, operations
    return [...scopes].some((scope) => {
      const [, of, letters] = /^user\/(\*|[A-Za-z]+)\.([cruds]+)$/.exec(scope) ?? [];
      return (of === "*" || of === type) && letters.includes(what === "_search" ? "s" : LETTERS[method]);
    });
  });
}

// --- for the tests ---------------------------------------------------------------------------

async function control(req, res, what) {
  const asked = JSON.parse(String(await read(req)) || "{}");
  switch (what) {
    case "close": closed.add(asked.account); break;
    case "reset": closed.clear(); mode = { ...normal }; break;
    case "mode": mode = { ...normal, ...asked }; break;
    case "seen": break;
    default: return json(res, 404, {});
  }
  return json(res, 200, seen);
}

function json(res, status, value, type = "application/json") {
  res.writeHead(status, { "Content-Type": type });
  res.end(JSON.stringify(value));
}

async function read(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts);
}

server.on("request", async (req, res) => {
  try {
    const [, first, uid, step] = new URL(req.url, origin).pathname.split("/");
    if (first === "interaction") await interact(req, res, uid, step);
    else if (first === "fhir") await gateway(req, res);
    else if (first === "control" && req.method === "POST") await control(req, res, uid);
    else if (first === "sign-in") {
      req.originalUrl = req.url;
      req.url = req.url.slice("/sign-in".length) || "/";
      signIn(req, res);
    } else json(res, 404, {});
  } catch (error) {
    console.error(error.name);
    if (!res.headersSent) json(res, 500, {});
  }
});

console.log(JSON.stringify({ base_url: base, issuer, control: `${origin}/control` }));
