package io.github.s3vfs.jdbc;

import io.github.s3vfs.Layout;
import io.github.s3vfs.testkit.S3TestServer;
import org.jspecify.annotations.Nullable;

/** An embedded server for the VFS "s3", which is reached by parameters of the URL only. */
final class DefaultVfs implements AutoCloseable {
  static final String BUCKET = "bucket";

  final S3TestServer server = S3TestServer.builder().inMemory().start();
  private final @Nullable Layout layout;

  DefaultVfs() {
    this(null);
  }

  /**
   * @param layout that the URLs ask for
   */
  DefaultVfs(@Nullable Layout layout) {
    this.layout = layout;
    server.createBucket(BUCKET);
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
  }

  /** The parameters that lead to the server. */
  String parameters() {
    return "vfs=s3&region=us-east-1&path_style=true&endpoint="
        + server.endpoint()
        + (layout == null ? "" : "&layout=" + layout);
  }

  /**
   * @param path as in {@code /bucket/key}, percent-encoded
   * @param more further parameters, or ""
   */
  String url(String path, String more) {
    return "jdbc:sqlite:file:" + path + "?" + parameters() + (more.isEmpty() ? "" : "&" + more);
  }

  String url(String path) {
    return url(path, "");
  }

  @Override
  public void close() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    server.close();
  }
}
