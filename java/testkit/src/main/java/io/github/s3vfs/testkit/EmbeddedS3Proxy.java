package io.github.s3vfs.testkit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.lang.reflect.Field;
import java.net.URI;
import java.util.EnumSet;
import org.gaul.s3proxy.BlobStoreLocator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.gaul.shaded.org.eclipse.jetty.server.Server;

/**
 * Starts s3proxy with a servlet filter in front of it.
 *
 * <p>s3proxy offers no place for one, so this reaches for the private field {@code server} of
 * {@link S3Proxy} and for its shaded Jetty: the version of s3proxy is part of this class.
 */
final class EmbeddedS3Proxy implements AutoCloseable {

  /**
   * Largest body of a request that is signed whole, and largest chunk: the CRT client sends a body
   * as one chunk.
   */
  private static final int LARGEST_BODY = 256 * 1024 * 1024;

  private final S3Proxy proxy;

  private EmbeddedS3Proxy(S3Proxy proxy) {
    this.proxy = proxy;
  }

  static EmbeddedS3Proxy start(
      BlobStore store, Credentials owner, BlobStoreLocator locator, Filter filter, int port) {
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(
                AuthenticationType.AWS_V4, owner.accessKeyId(), owner.secretAccessKey())
            .ignoreUnknownHeaders(true)
            .v4MaxChunkSize(LARGEST_BODY)
            .v4MaxNonChunkedRequestSize(LARGEST_BODY)
            .stopTimeout(0)
            .build();
    proxy.setBlobStoreLocator(locator);
    try {
      context(proxy).addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException("s3proxy does not start on port " + port, e);
    }
    return new EmbeddedS3Proxy(proxy);
  }

  private static ServletContextHandler context(S3Proxy proxy) throws ReflectiveOperationException {
    Field field = S3Proxy.class.getDeclaredField("server");
    field.setAccessible(true);
    Server server = (Server) field.get(proxy);
    ServletContextHandler context = server.getDescendant(ServletContextHandler.class);
    if (context == null) {
      throw new NoSuchFieldException("s3proxy has no servlet context");
    }
    return context;
  }

  int port() {
    return proxy.getPort();
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("s3proxy does not stop", e);
    }
  }
}
