package io.github.s3vfs.cli;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3ObjectSource;
import io.github.s3vfs.select.server.SelectServer;
import io.github.s3vfs.transfer.ObjectLocation;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/** Answers S3 Select over HTTP, in front of any store. */
@Command(
    name = "serve",
    description = {
      "Answer SelectObjectContent of S3 over HTTP, for any client, over the objects of any store.",
      "Clients name the address that is printed as their endpoint, with the bucket in the path,",
      "and sign with the key pair in $$S3VFS_SELECT_ACCESS_KEY_ID and",
      "$$S3VFS_SELECT_SECRET_ACCESS_KEY. Runs until it is interrupted."
    })
final class SelectServeCommand implements Callable<Integer> {
  private static final String KEY_ID = "S3VFS_SELECT_ACCESS_KEY_ID";
  private static final String SECRET = "S3VFS_SELECT_SECRET_ACCESS_KEY";

  @ParentCommand private @Nullable SelectCommand select;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "where it listens; 0: a free one (9020)")
  private int port = 9020;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "of an interface of this host (127.0.0.1); there is no TLS")
  private String bind = "127.0.0.1";

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "whose ways queries have: aws (default) or ceph")
  private Dialect dialect = Dialect.AWS;

  @Override
  public Integer call() throws Exception {
    AwsBasicCredentials keys = AwsBasicCredentials.create(variable(KEY_ID), variable(SECRET));
    // Else the end of each answer waits for an acknowledgement.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    try (Store store = new Store(select().program().settings());
        SelectServer server =
            SelectServer.builder(keys, request -> open(store, request))
                .address(address())
                .dialect(dialect)
                .start()) {
      String at = server.endpoint().toString();
      select().answer("listening at " + at, "endpoint", at);
      select().out().flush();
      untilInterrupted();
      return ExitCode.OK;
    } catch (BindException e) {
      throw new Refusal(ExitCode.FAILURE, bind + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private SelectCommand select() {
    return Objects.requireNonNull(select);
  }

  private String variable(String name) {
    String value = select().io().environment().get(name);
    if (value == null || value.isBlank()) {
      throw new Refusal(
          ExitCode.USAGE,
          "the environment variable " + name + " is not set: what clients sign with");
    }
    return value;
  }

  @SuppressWarnings("AddressSelection") // it is an address, and not a name
  private InetSocketAddress address() throws UnknownHostException {
    if (port < 0 || port > 65_535) {
      throw new Refusal(ExitCode.USAGE, "--port " + port + " is not possible: 0 to 65535");
    }
    return new InetSocketAddress(InetAddress.getByName(bind), port);
  }

  private ObjectSource open(Store store, SelectObjectContentRequest request) throws IOException {
    String owner = request.expectedBucketOwner();
    if (owner != null && !owner.equals(store.vfs().config().requests().expectedBucketOwner())) {
      throw S3Exception.builder()
          .statusCode(501)
          .awsErrorDetails(
              AwsErrorDetails.builder()
                  .errorCode("NotImplemented")
                  .errorMessage(
                      "this server asks for no other owner of a bucket than the one of its option"
                          + " --expected-bucket-owner")
                  .build())
          .build();
    }
    return S3ObjectSource.of(store.objects(), new ObjectLocation(request.bucket(), request.key()));
  }

  private static void untilInterrupted() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
