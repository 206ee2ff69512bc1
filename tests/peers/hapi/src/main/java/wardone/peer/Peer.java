package wardone.peer;

import ca.uhn.fhir.jpa.subscription.match.config.WebsocketDispatcherConfig;
import ca.uhn.fhir.rest.server.RestfulServer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * HAPI FHIR JPA (R4) on 127.0.0.1, for tests. Prints {@code ready URL} when it takes requests.
 *
 * <p>System properties: {@code peer.port} (0: a free one), {@code peer.jdbc} (H2 in memory unless
 * said), {@code peer.user}, {@code peer.password}.
 */
public final class Peer {
    private Peer() {}

    public static void main(String[] arguments) throws Exception {
        AnnotationConfigApplicationContext spring =
                new AnnotationConfigApplicationContext(Storage.class, Subscriptions.class, Face.class);
        Server server = new Server();
        ServerConnector loopback = new ServerConnector(server);
        loopback.setHost("127.0.0.1");
        loopback.setPort(Integer.getInteger("peer.port", 0));
        server.addConnector(loopback);
        ServletContextHandler root = new ServletContextHandler("/");
        root.addServlet(new ServletHolder("fhir", spring.getBean(RestfulServer.class)), "/fhir/*");
        AnnotationConfigWebApplicationContext web = new AnnotationConfigWebApplicationContext();
        web.setParent(spring);
        web.register(WebsocketDispatcherConfig.class);
        root.addServlet(new ServletHolder("websocket", new DispatcherServlet(web)), "/");
        JakartaWebSocketServletContainerInitializer.configure(root, null);
        server.setHandler(root);
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(spring::close));
        System.out.println("ready http://127.0.0.1:" + loopback.getLocalPort() + "/fhir");
        System.out.flush();
        server.join();
    }
}
