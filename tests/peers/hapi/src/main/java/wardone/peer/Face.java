package wardone.peer;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The HTTP face: one servlet with a provider for each resource type, and transactions. */
@Configuration
public class Face {
    @Bean
    public RestfulServer restfulServer(
            FhirContext fhir,
            ResourceProviderFactory resources,
            JpaSystemProvider<?, ?> system,
            DatabaseBackedPagingProvider paging,
            IInterceptorService interceptors) {
        RestfulServer server = new RestfulServer(fhir);
        server.setInterceptorService(interceptors);
        server.registerProviders(resources.createProviders());
        server.registerProvider(system);
        server.setPagingProvider(paging);
        server.setDefaultResponseEncoding(EncodingEnum.JSON);
        return server;
    }

    @Bean
    public JpaCapabilityStatementProvider capability(
            RestfulServer server,
            IFhirSystemDao<?, ?> system,
            JpaStorageSettings settings,
            ISearchParamRegistry parameters,
            IValidationSupport validation) {
        JpaCapabilityStatementProvider statement =
                new JpaCapabilityStatementProvider(server, system, settings, parameters, validation);
        statement.setImplementationDescription("test peer - not for patients");
        server.setServerConformanceProvider(statement);
        return statement;
    }
}
