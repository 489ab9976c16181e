package io.github.s3vfs.select.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.internal.events.ApiException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;
import software.amazon.eventstream.MessageDecoder;

/** The messages of a stream, as the SDK's decoder takes them. */
class EventEncoderTest {
  private static byte[] stream() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EventEncoder encoder = new EventEncoder(out);
    encoder.write(
        SelectObjectContentEventStream.recordsBuilder()
            .payload(SdkBytes.fromUtf8String("a,é\n"))
            .build());
    encoder.write(SelectObjectContentEventStream.contBuilder().build());
    encoder.write(
        SelectObjectContentEventStream.progressBuilder()
            .details(d -> d.bytesScanned(1L).bytesProcessed(2L).bytesReturned(3L))
            .build());
    encoder.write(
        SelectObjectContentEventStream.statsBuilder()
            .details(d -> d.bytesScanned(4L).bytesProcessed(5L).bytesReturned(6L))
            .build());
    encoder.write(SelectObjectContentEventStream.endBuilder().build());
    encoder.write(new ApiException("CastFailed", "x".repeat(100_000)));
    return out.toByteArray();
  }

  private static String text(Message message) {
    Map<String, HeaderValue> headers = message.getHeaders();
    StringBuilder text = new StringBuilder();
    for (String name : List.of(":message-type", ":event-type", ":content-type", ":error-code")) {
      if (headers.containsKey(name)) {
        text.append(headers.get(name).getString()).append(' ');
      }
    }
    return text + new String(message.getPayload(), StandardCharsets.UTF_8);
  }

  @Test
  void messagesAreThoseOfS3() throws IOException {
    byte[] stream = stream();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      List<String> messages = new ArrayList<>();
      MessageDecoder decoder = new MessageDecoder(message -> messages.add(text(message)));
      for (int at = 0; at < stream.length; ) {
        int step = Math.min(stream.length - at, 1 + random.nextInt(i + 1));
        decoder.feed(stream, at, step);
        at += step;
      }
      assertEquals(
          List.of(
              "event Records application/octet-stream a,é\n",
              "event Cont ",
              "event Progress text/xml " + counts("Progress", 1),
              "event Stats text/xml " + counts("Stats", 4),
              "event End ",
              "error CastFailed "),
          messages,
          "seed " + seed);
    }
  }

  private static String counts(String name, int first) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><"
        + name
        + "><BytesScanned>"
        + first
        + "</BytesScanned><BytesProcessed>"
        + (first + 1)
        + "</BytesProcessed><BytesReturned>"
        + (first + 2)
        + "</BytesReturned></"
        + name
        + ">";
  }

  @Test
  void aMessageThatWasChangedIsNotTaken() throws IOException {
    byte[] stream = stream();
    // The first message: its payload, headers and checksums.
    for (int at = 0; at < 100; at++) {
      byte[] changed = Arrays.copyOf(stream, stream.length);
      changed[at] ^= 0x10;
      List<Message> messages = new ArrayList<>();
      assertThrows(RuntimeException.class, () -> new MessageDecoder(messages::add).feed(changed));
      assertTrue(messages.isEmpty());
    }
  }
}
