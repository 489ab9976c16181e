package io.github.s3vfs.select.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.events.ApiException;
import io.github.s3vfs.select.internal.events.SelectCall;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/** The XML of requests, and what only looks like it. */
class RequestXmlTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  private static final String FULL =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          + "<SelectObjectContentRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
          + "  <Expression>select * from s3object s where s._1 &lt; '&amp;é'</Expression>\n"
          + "  <ExpressionType>SQL</ExpressionType>\n"
          + "  <RequestProgress><Enabled>true</Enabled></RequestProgress>\n"
          + "  <InputSerialization><CompressionType>GZIP</CompressionType><CSV>"
          + "<FileHeaderInfo>USE</FileHeaderInfo><Comments>;</Comments>"
          + "<QuoteEscapeCharacter>\\</QuoteEscapeCharacter><RecordDelimiter>&#13;\n"
          + "</RecordDelimiter><FieldDelimiter>\t</FieldDelimiter>"
          + "<QuoteCharacter>'</QuoteCharacter>"
          + "<AllowQuotedRecordDelimiter>FALSE</AllowQuotedRecordDelimiter></CSV>"
          + "</InputSerialization>\n"
          + "  <OutputSerialization><JSON><RecordDelimiter><![CDATA[<>]]></RecordDelimiter></JSON>"
          + "</OutputSerialization>\n"
          + "  <ScanRange><Start>1</Start><End>99</End></ScanRange>\n"
          + "</SelectObjectContentRequest>";

  @TempDir Path directory;

  private static SelectObjectContentRequest parsed(String xml) {
    return parsed(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static SelectObjectContentRequest parsed(byte[] xml) {
    SelectObjectContentRequest.Builder request = SelectObjectContentRequest.builder();
    RequestXml.read(xml, request);
    return request.build();
  }

  private static String failure(String xml) {
    ApiException e = assertThrows(ApiException.class, () -> parsed(xml));
    assertEquals(400, e.status());
    assertEquals("MalformedXML", e.code());
    return e.getMessage();
  }

  @Test
  void everyElementIsTaken() {
    assertEquals(
        SelectObjectContentRequest.builder()
            .expression("select * from s3object s where s._1 < '&é'")
            .expressionType("SQL")
            .requestProgress(p -> p.enabled(true))
            .inputSerialization(
                in ->
                    in.compressionType("GZIP")
                        .csv(
                            csv ->
                                csv.fileHeaderInfo("USE")
                                    .comments(";")
                                    .quoteEscapeCharacter("\\")
                                    .recordDelimiter("\r\n")
                                    .fieldDelimiter("\t")
                                    .quoteCharacter("'")
                                    .allowQuotedRecordDelimiter(false)))
            .outputSerialization(out -> out.json(json -> json.recordDelimiter("<>")))
            .scanRange(range -> range.start(1L).end(99L))
            .build(),
        parsed(FULL));
  }

  @Test
  void theElementOfOlderClientsIsTaken() {
    assertEquals(
        "q", parsed("<SelectRequest><Expression>q</Expression></SelectRequest>").expression());
  }

  @Test
  void nothingOutsideOfTheRequestIsRead() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    String type = "<!DOCTYPE a [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>";
    String with = type + FULL.substring(FULL.indexOf('\n')).replace("s._1", "&e;");
    assertTrue(failure(with).contains("document type"), failure(with));
    String outer = "<!DOCTYPE a SYSTEM \"" + secret.toUri() + "\">";
    assertTrue(failure(outer + FULL.substring(FULL.indexOf('\n'))).contains("document type"));
    failure(FULL.replace("s._1", "&e;"));
  }

  @Test
  void entitiesDoNotGrow() {
    StringBuilder type = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"0123456789\">");
    for (int i = 1; i < 20; i++) {
      type.append("<!ENTITY e").append(i).append(" \"");
      type.append(("&e" + (i - 1) + ";").repeat(10)).append("\">");
    }
    String bomb = type + "]>" + FULL.substring(FULL.indexOf('\n')).replace("s._1", "&e19;");
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> failure(bomb));
  }

  @Test
  void whatTheApiDoesNotHaveIsRefused() {
    assertTrue(failure(FULL.replace("Comments>", "Comment>")).contains("CSV/Comment"));
    assertTrue(
        failure(FULL.replace("<Comments>;", "<Comments>;</Comments><Comments>;"))
            .contains("is there twice"));
    assertTrue(failure(FULL.replace("<JSON>", "<JSON>x")).contains("text between elements"));
    assertTrue(failure(FULL.replace("FALSE", "no")).contains("true or false"));
    assertTrue(failure(FULL.replace("99", "9x")).contains("must be an integer"));
    assertTrue(failure("<Delete/>").contains("not a SelectObjectContentRequest"));
    failure("");
    failure("{}");
    failure(FULL + FULL);
    failure(FULL.replace("SQL", "<b>SQL</b>"));
    failure("<SelectRequest>" + "<ScanRange>".repeat(100_000));
  }

  @Test
  void nothingIsPrinted() {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      failure(FULL.replace("s._1", "&e;"));
      failure("<SelectRequest>&e;</SelectRequest>");
      failure(FULL + FULL);
    } finally {
      System.setErr(before);
    }
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void bytesThatAreNoRequestAreRefused() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] full = FULL.getBytes(StandardCharsets.UTF_8);
    int accepted = 0;
    for (int i = 0; i < (THOROUGH ? 200_000 : 5_000); i++) {
      byte[] bytes = full.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes[at] = (byte) "<>&;/'\"=".charAt(random.nextInt(8));
          default -> {
            int from = random.nextInt(bytes.length);
            int length = random.nextInt(Math.min(20, bytes.length - Math.max(at, from)) + 1);
            System.arraycopy(full, from, bytes, at, length);
          }
        }
      }
      try {
        SelectObjectContentRequest request = parsed(bytes);
        SelectCall.of(request, Dialect.AWS, SelectLimits.DEFAULT).optionsFor(1_000);
        accepted++;
      } catch (ApiException | SelectException e) {
        assertTrue(!String.valueOf(e.getMessage()).isEmpty());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
    assertTrue(accepted > 0, "seed " + seed);
    for (String other :
        List.of("\0", "\u00ff\u00fe", "<?xml version=\"1.0\" encoding=\"x\"?><a/>")) {
      assertThrows(ApiException.class, () -> parsed(other.getBytes(StandardCharsets.ISO_8859_1)));
    }
  }
}
