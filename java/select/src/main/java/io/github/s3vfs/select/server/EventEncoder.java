package io.github.s3vfs.select.server;

import io.github.s3vfs.select.internal.events.ApiException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.Progress;
import software.amazon.awssdk.services.s3.model.ProgressEvent;
import software.amazon.awssdk.services.s3.model.RecordsEvent;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.Stats;
import software.amazon.awssdk.services.s3.model.StatsEvent;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Events as the messages that S3 sends. Not thread-safe. */
final class EventEncoder {
  private static final byte[] NOTHING = {};

  private final OutputStream target;

  EventEncoder(OutputStream target) {
    this.target = target;
  }

  void write(SelectObjectContentEventStream event) throws IOException {
    if (event instanceof RecordsEvent records) {
      write("Records", "application/octet-stream", records.payload().asByteArrayUnsafe());
    } else if (event instanceof ProgressEvent progress) {
      Progress at = progress.details();
      write(
          "Progress",
          "text/xml",
          counts("Progress", at.bytesScanned(), at.bytesProcessed(), at.bytesReturned()));
    } else if (event instanceof StatsEvent stats) {
      Stats at = stats.details();
      write(
          "Stats",
          "text/xml",
          counts("Stats", at.bytesScanned(), at.bytesProcessed(), at.bytesReturned()));
    } else {
      write(
          switch (event.sdkEventType()) {
            case CONT -> "Cont";
            case END -> "End";
            default -> throw new IllegalArgumentException(event.toString());
          },
          null,
          NOTHING);
    }
  }

  private void write(String type, @Nullable String content, byte[] payload) throws IOException {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":message-type", HeaderValue.fromString("event"));
    headers.put(":event-type", HeaderValue.fromString(type));
    if (content != null) {
      headers.put(":content-type", HeaderValue.fromString(content));
    }
    new Message(headers, payload).encode(target);
  }

  /** The message that an error ends a stream with. */
  void write(ApiException error) throws IOException {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":message-type", HeaderValue.fromString("error"));
    headers.put(":error-code", HeaderValue.fromString(error.code()));
    headers.put(":error-message", HeaderValue.fromString(shortened(error.getMessage())));
    new Message(headers, NOTHING).encode(target);
  }

  /** A header has 16 bits for its length. */
  private static String shortened(String text) {
    return text.length() <= 4_000 ? text : text.substring(0, 4_000) + "...";
  }

  private static byte[] counts(String name, long scanned, long processed, long returned) {
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><"
            + name
            + "><BytesScanned>"
            + scanned
            + "</BytesScanned><BytesProcessed>"
            + processed
            + "</BytesProcessed><BytesReturned>"
            + returned
            + "</BytesReturned></"
            + name
            + ">")
        .getBytes(StandardCharsets.UTF_8);
  }
}
