package wardone.peer;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binary.svc.NullBinaryStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * The database and HAPI's JPA layer over it. Storage settings stay HAPI's own defaults, since a
 * hospital's server has them: what differs from ours is what the tests are to find.
 */
@Configuration
@Import({
    JpaR4Config.class,
    HapiJpaConfig.class,
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class
})
public class Storage {
    private static final String JDBC =
            System.getProperty("peer.jdbc", "jdbc:h2:mem:peer;DB_CLOSE_DELAY=-1");

    @Bean
    public JpaStorageSettings storageSettings() {
        return new JpaStorageSettings();
    }

    @Bean
    public PartitionSettings partitionSettings() {
        return new PartitionSettings();
    }

    @Bean
    public IBinaryStorageSvc binaryStorage() {
        return new NullBinaryStorageSvcImpl();
    }

    @Bean(destroyMethod = "close")
    public DataSource dataSource() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(JDBC);
        pool.setUsername(System.getProperty("peer.user", "sa"));
        pool.setPassword(System.getProperty("peer.password", ""));
        pool.setMaximumPoolSize(16);
        return pool;
    }

    @Bean
    public LocalContainerEntityManagerFactoryBean entityManagerFactory(
            ConfigurableListableBeanFactory beans,
            FhirContext fhir,
            JpaStorageSettings settings,
            DataSource database) {
        LocalContainerEntityManagerFactoryBean factory =
                HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
        factory.setPersistenceUnitName("peer");
        factory.setDataSource(database);
        factory.setJpaProperties(hibernate());
        return factory;
    }

    @Bean
    @Primary
    public JpaTransactionManager transactionManager(EntityManagerFactory factory) {
        return new JpaTransactionManager(factory);
    }

    private static Properties hibernate() {
        boolean h2 = JDBC.startsWith("jdbc:h2:");
        Class<?> dialect = h2 ? HapiFhirH2Dialect.class : HapiFhirPostgresDialect.class;
        Properties said = new Properties();
        said.put("hibernate.dialect", dialect.getName());
        said.put("hibernate.hbm2ddl.auto", "update");
        said.put("hibernate.search.enabled", "false");
        said.put("hibernate.cache.use_second_level_cache", "false");
        said.put("hibernate.cache.use_query_cache", "false");
        return said;
    }
}
