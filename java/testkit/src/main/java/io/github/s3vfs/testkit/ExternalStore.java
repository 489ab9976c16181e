package io.github.s3vfs.testkit;

import java.net.URI;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * A store outside of this JVM that takes the place of the embedded server. Tests that need neither
 * faults nor an account nor policies can run against any ({@code @Tag("any-store")}); they run one
 * after the other, because they use the same buckets.
 *
 * @param endpoint reached with path-style addresses
 * @param owner the key pair to use; it must be allowed to make buckets
 */
record ExternalStore(URI endpoint, Credentials owner) {

  /**
   * The store that the system properties {@code s3vfs.test.endpoint}, {@code
   * s3vfs.test.accessKeyId} and {@code s3vfs.test.secretAccessKey} name, or null if there is none.
   */
  static @Nullable ExternalStore named() {
    String endpoint = System.getProperty("s3vfs.test.endpoint");
    return endpoint == null
        ? null
        : new ExternalStore(
            URI.create(endpoint),
            new Credentials(
                System.getProperty("s3vfs.test.accessKeyId", ""),
                System.getProperty("s3vfs.test.secretAccessKey", "")));
  }

  /** Its objects, reached by requests of s3proxy's own client. */
  BlobStore objects(String region) {
    Properties properties = new Properties();
    properties.setProperty("jclouds.endpoint", endpoint.toString());
    properties.setProperty("jclouds.identity", owner.accessKeyId());
    properties.setProperty("jclouds.credential", owner.secretAccessKey());
    properties.setProperty("jclouds.region", region);
    // Ceph answers 400 to an empty body in chunks.
    properties.setProperty("s3proxy.aws-s3.chunked-encoding-enabled", "false");
    return BlobStores.create("aws-s3", properties);
  }
}
