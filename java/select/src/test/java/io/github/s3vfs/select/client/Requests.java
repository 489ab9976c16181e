package io.github.s3vfs.select.client;

import io.github.s3vfs.testkit.S3TestServer;
import java.net.URI;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.CSVOutput;
import software.amazon.awssdk.services.s3.model.ExpressionType;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/** Requests as programs make them, and the SDK's clients that send them. */
public final class Requests {
  /** Where the objects are. */
  public static final String BUCKET = "bucket";

  private Requests() {}

  /** CSV to CSV, to be changed. */
  public static SelectObjectContentRequest of(
      String key, String query, Consumer<SelectObjectContentRequest.Builder> with) {
    SelectObjectContentRequest.Builder builder =
        SelectObjectContentRequest.builder()
            .bucket(BUCKET)
            .key(key)
            .expression(query)
            .expressionType(ExpressionType.SQL)
            .inputSerialization(in -> in.csv(CSVInput.builder().build()))
            .outputSerialization(out -> out.csv(CSVOutput.builder().build()));
    with.accept(builder);
    return builder.build();
  }

  /** The SDK's ordinary client, without repetitions. */
  public static S3AsyncClient client(S3TestServer server, URI endpoint) {
    return client(keys(server).resolveCredentials(), endpoint);
  }

  /** The same with a key pair of one's own. */
  public static S3AsyncClient client(AwsCredentials keys, URI endpoint) {
    return client(keys, endpoint, request -> {});
  }

  /** The same with somebody who is told of each request. */
  public static S3AsyncClient client(
      AwsCredentials keys, URI endpoint, Consumer<String> operations) {
    ExecutionInterceptor interceptor =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            operations.accept(context.request().getClass().getSimpleName().replace("Request", ""));
          }
        };
    return S3AsyncClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(StaticCredentialsProvider.create(keys))
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
        .overrideConfiguration(
            o ->
                o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(interceptor))
        .build();
  }

  /** The client on the AWS Common Runtime. */
  public static S3AsyncClient crtClient(S3TestServer server, URI endpoint) {
    return S3AsyncClient.crtBuilder()
        .endpointOverride(endpoint)
        .region(Region.of(server.region()))
        .forcePathStyle(true)
        .credentialsProvider(keys(server))
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .build();
  }

  /** The key pair of a server. */
  public static StaticCredentialsProvider keys(S3TestServer server) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }
}
