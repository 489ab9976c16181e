package io.github.s3vfs.select;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** A test server with a bucket, and a VFS whose client has its credentials. */
record TestStore(S3TestServer server, S3Vfs vfs) implements AutoCloseable {
  static final String BUCKET = "bucket";

  /**
   * Starts it.
   *
   * @param name of the VFS
   */
  static TestStore start(String name) {
    S3TestServer server = S3TestServer.builder().inMemory().start();
    server.createBucket(BUCKET);
    S3Vfs vfs =
        S3Vfs.builder()
            .name(name)
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .retries(1)
            .requestTimeout(Duration.ofSeconds(10))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .register();
    return new TestStore(server, vfs);
  }

  @Override
  public void close() {
    vfs.close();
    server.close();
  }
}
