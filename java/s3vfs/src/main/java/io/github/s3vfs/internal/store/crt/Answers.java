package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Fetched;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Reads the answers to GET and HEAD. Pure. */
final class Answers {
  private static final byte[] NOTHING = new byte[0];

  /** "bytes 0-99/1234", or "bytes *&#47;1234" with a 416 (RFC 9110, 14.4). */
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\d+)");

  /** In the body of S3's 416. */
  private static final Pattern ACTUAL_SIZE =
      Pattern.compile("<ActualObjectSize>(\\d{1,18})</ActualObjectSize>");

  private Answers() {}

  /**
   * The answer to a GET that found something.
   *
   * @throws S3VfsException {@code UNAVAILABLE} when the body is not what was asked for
   */
  static Fetched found(ResponseBytes<GetObjectResponse> answer, RequestName request) {
    GetObjectResponse head = answer.response();
    byte[] body = answer.asByteArrayUnsafe();
    ByteRange range = request.range();
    Matcher part = match(head.contentRange());
    long size;
    if (part != null) {
      size = Long.parseLong(part.group(2));
      long start = request.start();
      if (!Long.toString(start).equals(part.group(1))) {
        throw wrong(request, "the answer holds " + head.contentRange());
      }
      long wanted = range == null ? size : Math.min(range.length(), size - start);
      expect(body, wanted, request);
    } else {
      // The whole object, also from a store that does not know ranges.
      size = head.contentLength() == null ? body.length : head.contentLength();
      expect(body, size, request);
      body = range == null ? body : cut(body, range);
    }
    return new Fetched(
        Fetched.Status.FOUND,
        body,
        orEmpty(head.eTag()),
        size,
        date(httpResponse(head)),
        head.lastModified());
  }

  /** Whether a size and an ETag came with the answer to a range behind the end. */
  static boolean isComplete(Fetched answer) {
    return answer.objectSize() >= 0 && !answer.etag().isEmpty();
  }

  /** The answer to a range behind the end; incomplete if the store said no size or no ETag. */
  static Fetched behindTheEnd(Throwable failure) {
    SdkHttpResponse http = Failures.response(failure);
    Matcher range = match(header(http, "Content-Range"));
    long size = range != null ? Long.parseLong(range.group(2)) : actualSize(failure);
    return new Fetched(
        Fetched.Status.FOUND, NOTHING, orEmpty(header(http, "ETag")), size, date(http), null);
  }

  /** The answer to a range behind the end, from the HEAD that came after it. */
  static Fetched behindTheEnd(HeadObjectResponse head) {
    Long size = head.contentLength();
    return new Fetched(
        Fetched.Status.FOUND,
        NOTHING,
        orEmpty(head.eTag()),
        size == null ? 0 : size,
        date(httpResponse(head)),
        head.lastModified());
  }

  /** The store's clock in an answer, or null. */
  static @Nullable Instant date(@Nullable SdkHttpResponse http) {
    String date = header(http, "Date");
    if (date == null) {
      return null;
    }
    try {
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  static @Nullable String header(@Nullable SdkHttpResponse http, String name) {
    return http == null ? null : http.firstMatchingHeader(name).orElse(null);
  }

  private static @Nullable SdkHttpResponse httpResponse(SdkResponse response) {
    return response.sdkHttpResponse();
  }

  private static String orEmpty(@Nullable String s) {
    return s == null ? "" : s;
  }

  private static @Nullable Matcher match(@Nullable String contentRange) {
    if (contentRange == null) {
      return null;
    }
    Matcher matcher = CONTENT_RANGE.matcher(contentRange);
    return matcher.matches() ? matcher : null;
  }

  private static long actualSize(Throwable failure) {
    if (failure instanceof AwsServiceException e
        && e.awsErrorDetails() != null
        && e.awsErrorDetails().rawResponse() != null) {
      Matcher size = ACTUAL_SIZE.matcher(e.awsErrorDetails().rawResponse().asUtf8String());
      return size.find() ? Long.parseLong(size.group(1)) : -1;
    }
    return -1;
  }

  private static byte[] cut(byte[] whole, ByteRange range) {
    int from = (int) Math.min(range.offset(), whole.length);
    int to = (int) Math.min(range.offset() + range.length(), whole.length);
    return from == 0 && to == whole.length ? whole : Arrays.copyOfRange(whole, from, to);
  }

  private static void expect(byte[] body, long length, RequestName request) {
    if (body.length != length) {
      throw wrong(request, "the answer has " + body.length + " of " + length + " bytes");
    }
  }

  private static S3VfsException wrong(RequestName request, String what) {
    return new S3VfsException(ErrorKind.UNAVAILABLE, request + ": " + what);
  }
}
