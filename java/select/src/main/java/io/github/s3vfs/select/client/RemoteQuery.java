package io.github.s3vfs.select.client;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.SelectOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.CSVOutput;
import software.amazon.awssdk.services.s3.model.EndEvent;
import software.amazon.awssdk.services.s3.model.ExpressionType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.RecordsEvent;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** Has a store run a query with a small result, if it does such a thing. */
final class RemoteQuery {
  private static final int MOST = 64 << 10;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NOT_IMPLEMENTED = 501;

  /** The end of an answer of Ceph's RADOS Gateway, which sends no event for it (seen with 16.2). */
  private static final String END_OF_CEPH = "</Payload></Records></Payload>";

  /** Clients of stores that have said that they do not. */
  private static final Set<S3AsyncClient> REFUSING =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private RemoteQuery() {}

  /**
   * The rows; null if the store does not answer this query, or none.
   *
   * @throws io.github.s3vfs.select.SelectException {@code INTERRUPTED}
   */
  static @Nullable String run(
      S3AsyncClient client, GetObjectRequest object, String query, SelectOptions options) {
    if (REFUSING.contains(client)) {
      return null;
    }
    Rows rows = new Rows(options.dialect());
    try {
      var unused =
          ClientObjectSource.await(
              client.selectObjectContent(
                  request(object, query, options),
                  SelectObjectContentResponseHandler.builder().subscriber(rows::add).build()));
      return rows.text();
    } catch (SdkServiceException e) {
      // Any other status is an answer to this query, or one that may be another next time.
      if (e.statusCode() == METHOD_NOT_ALLOWED || e.statusCode() == NOT_IMPLEMENTED) {
        REFUSING.add(client);
      }
      return null;
    } catch (SdkClientException e) {
      return null;
    } catch (IllegalArgumentException | IllegalStateException e) {
      REFUSING.add(client); // what came is no stream of events
      return null;
    }
  }

  private static SelectObjectContentRequest request(
      GetObjectRequest object, String query, SelectOptions options) {
    CsvInput csv = (CsvInput) options.input();
    CSVInput.Builder input =
        CSVInput.builder()
            .fileHeaderInfo(csv.fileHeaderInfo() == FileHeaderInfo.IGNORE ? "IGNORE" : "NONE");
    if (options.dialect() == Dialect.AWS) {
      input.quoteEscapeCharacter(csv.quoteEscape());
    }
    SelectObjectContentRequest.Builder request =
        SelectObjectContentRequest.builder()
            .bucket(object.bucket())
            .key(object.key())
            .sseCustomerAlgorithm(object.sseCustomerAlgorithm())
            .sseCustomerKey(object.sseCustomerKey())
            .sseCustomerKeyMD5(object.sseCustomerKeyMD5())
            .expectedBucketOwner(object.expectedBucketOwner())
            .expression(query)
            .expressionType(ExpressionType.SQL)
            .inputSerialization(in -> in.csv(input.build()))
            .outputSerialization(out -> out.csv(CSVOutput.builder().build()));
    object.overrideConfiguration().ifPresent(request::overrideConfiguration);
    return request.build();
  }

  /** What came, if it came to its end and is not more than was expected. */
  private static final class Rows {
    private final Dialect dialect;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean tooMany;
    private boolean ended;

    private Rows(Dialect dialect) {
      this.dialect = dialect;
    }

    synchronized void add(SelectObjectContentEventStream event) {
      ended = event instanceof EndEvent;
      if (event instanceof RecordsEvent records) {
        add(records.payload().asByteArrayUnsafe());
      }
    }

    private void add(byte[] payload) {
      tooMany |= bytes.size() + payload.length > MOST;
      if (!tooMany) {
        bytes.writeBytes(payload);
      }
    }

    synchronized @Nullable String text() {
      String text = bytes.toString(StandardCharsets.UTF_8);
      boolean whole = ended || (dialect == Dialect.CEPH && text.endsWith(END_OF_CEPH));
      return tooMany || !whole ? null : text;
    }
  }
}
