package io.github.s3vfs.testkit;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.crt.S3CrtRetryConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** A CRT client for one server, with the few calls the tests make. */
final class Client implements AutoCloseable {

  static final String BUCKET = "test-bucket";

  final S3AsyncClient s3;

  Client(S3TestServer server) {
    this(server.endpoint(), server.region(), server.accessKeyId(), server.secretAccessKey());
  }

  Client(URI endpoint, String region, String accessKeyId, String secretAccessKey) {
    this(endpoint, region, accessKeyId, secretAccessKey, builder -> {});
  }

  Client(
      URI endpoint,
      String region,
      String accessKeyId,
      String secretAccessKey,
      Consumer<S3CrtAsyncClientBuilder> with) {
    S3CrtAsyncClientBuilder builder =
        S3AsyncClient.crtBuilder()
            .endpointOverride(endpoint)
            .region(Region.of(region))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(accessKeyId, secretAccessKey)))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .retryConfiguration(S3CrtRetryConfiguration.builder().numRetries(0).build());
    with.accept(builder);
    s3 = builder.build();
  }

  /** Waits for an answer, at most 30 s. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.orTimeout(30, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SdkException sdk) {
        throw sdk;
      }
      throw e;
    }
  }

  String put(String key, byte[] body) {
    return put(key, body, request -> {});
  }

  String put(String key, byte[] body, Consumer<PutObjectRequest.Builder> with) {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(BUCKET).key(key);
    with.accept(request);
    return await(s3.putObject(request.build(), AsyncRequestBody.fromBytes(body))).eTag();
  }

  byte[] get(String key) {
    return response(key, request -> {}).asByteArray();
  }

  ResponseBytes<GetObjectResponse> response(String key, Consumer<GetObjectRequest.Builder> with) {
    GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(BUCKET).key(key);
    with.accept(request);
    return await(s3.getObject(request.build(), AsyncResponseTransformer.toBytes()));
  }

  /**
   * The HTTP status a call fails with; 200 when it does not fail, 0 when it fails without an
   * answer.
   */
  static int statusOf(Runnable call) {
    SdkException failure = failureOf(call);
    if (failure == null) {
      return 200;
    }
    return failure instanceof SdkServiceException service ? service.statusCode() : 0;
  }

  /** The S3 error code of a failure. */
  static String errorCode(@Nullable SdkException failure) {
    return failure instanceof AwsServiceException service
        ? service.awsErrorDetails().errorCode()
        : String.valueOf(failure);
  }

  static @Nullable SdkException failureOf(Runnable call) {
    try {
      call.run();
      return null;
    } catch (SdkException e) {
      return e;
    }
  }

  @Override
  public void close() {
    s3.close();
  }
}
