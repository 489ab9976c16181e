package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.scenario.Failure;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a header becomes in front of what begins in a certain way. */
class HeaderTest {
  private static final Charset UTF_8 = StandardCharsets.UTF_8;
  private static final String BOM = "\ufeff";

  /** Header and source as they are in the result. */
  private static String result(Header header, String source, Charset charset) {
    byte[] start = source.getBytes(charset);
    HeaderBytes bytes = HeaderBytes.of(header, start, "a source");
    int leftOut = bytes.leftOut(header, start, "a source");
    return new String(bytes.bytes(), bytes.charset())
        + new String(start, leftOut, start.length - leftOut, bytes.charset());
  }

  private static String result(Header header, String source) {
    return result(header, source, UTF_8);
  }

  @Test
  void theLineEndsAsThoseOfTheSource() {
    Header header = Header.line("h");
    assertEquals("h\n1\n2\n", result(header, "1\n2\n"));
    assertEquals("h\r\n1\r\n2\n", result(header, "1\r\n2\n"));
    assertEquals("h\n1", result(header, "1"));
    assertEquals("h\n", result(header, ""));
    assertEquals("h\r\n1\n", result(header.withLineEnd(LineEnd.CRLF), "1\n"));
    assertEquals("h\n1\r\n", result(header.withLineEnd(LineEnd.LF), "1\r\n"));
    assertEquals("h1\n", result(header.withLineEnd(LineEnd.NONE), "1\n"));
    assertEquals("h\n1\r\n", result(Header.line("h\n"), "1\r\n"));
  }

  @Test
  void aCarriageReturnEndsTheLineWhereNothingElseDoes() {
    Header header = Header.line("h");
    assertEquals("h\r1,2\r3,4\r", result(header, "1,2\r3,4\r"));
    assertEquals("h\r1\r", result(header, "1\r"));
    assertEquals("h\n1\r2\n3\n", result(header, "1\r2\n3\n"));
    assertEquals("h\r1\n", result(header.withLineEnd(LineEnd.CR), "1\n"));
    Charset big = StandardCharsets.UTF_16BE;
    assertEquals("h\r1\r2\r", result(header.withCharset(big), "1\r2\r", big));
    Header once = header.withSkipIfPresent(true);
    assertEquals("h\r1\r", result(once, "h\r1\r"));
    assertEquals("h\r1\r", result(Header.line("h\r").withSkipIfPresent(true), "h\r1\r"));
  }

  @Test
  void theEndsOfLinesWithinQuotesDoNotCount() {
    Header header = Header.line("h");
    assertEquals("h\r\n\"x\ny\",1\r\n", result(header, "\"x\ny\",1\r\n"));
    assertEquals("h\n\"x\r\ny\",1\n", result(header, "\"x\r\ny\",1\n"));
    assertEquals("h\r1;\"a \"\"\n\"\" b\"\r2;\r", result(header, "1;\"a \"\"\n\"\" b\"\r2;\r"));
    assertEquals("h\n\"x\ry\"", result(header, "\"x\ry\""));
    Charset little = StandardCharsets.UTF_16LE;
    assertEquals("h\r\n1,\"\n\"\r\n", result(header.withCharset(little), "1,\"\n\"\r\n", little));
  }

  @Test
  void aQuoteThatQuotesNothingDoesNotHideTheEndOfTheLine() {
    Header header = Header.line("h");
    assertEquals("h\r\n5\" pipe\r\n\"\n\"\r\n", result(header, "5\" pipe\r\n\"\n\"\r\n"));
    assertEquals("h\r\n\"never closed\r\n1\r\n", result(header, "\"never closed\r\n1\r\n"));
    assertEquals("h\r\"never closed\r1\r", result(header, "\"never closed\r1\r"));
  }

  @Test
  void aLineFeedThatMayComeIsNotTakenForNone() {
    Header header = Header.line("h");
    byte[] start = new byte[HeaderBytes.toBeKnownFirst(header)];
    java.util.Arrays.fill(start, (byte) 'x');
    start[start.length - 1] = '\r';
    assertEquals("h\n", new String(HeaderBytes.of(header, start, "a source").bytes(), UTF_8));
    start[100] = '\r';
    assertEquals("h\r", new String(HeaderBytes.of(header, start, "a source").bytes(), UTF_8));
  }

  @Test
  void aByteOrderMarkIsNeverInTheMiddle() {
    Header header = Header.line("h");
    assertEquals(BOM + "h\n1\n", result(header, BOM + "1\n"));
    assertEquals("h\n1\n", result(header.withBom(BomPolicy.DROP), BOM + "1\n"));
    assertEquals(BOM + "h\n1\n", result(header.withBom(BomPolicy.ADD), BOM + "1\n"));
    assertEquals(BOM + "h\n1\n", result(header.withBom(BomPolicy.ADD), "1\n"));
    assertEquals("h\n" + BOM + "1\n", result(header.withBom(BomPolicy.IGNORE), BOM + "1\n"));
  }

  @Test
  void theCharsetIsThatOfTheSource() throws Exception {
    Header header = Header.line("größe");
    Charset little = StandardCharsets.UTF_16LE;
    assertEquals(
        BOM + "größe\r\n1\r\n",
        result(header.withCharset(StandardCharsets.UTF_16), BOM + "1\r\n", little));
    assertEquals("größe\r\n1\r\n", result(header.withCharset(little), "1\r\n", little));
    Charset latin = StandardCharsets.ISO_8859_1;
    assertEquals("größe\n1\n", result(header.withCharset(latin), "1\n", latin));
    Failure.of(() -> result(header, BOM + "1\n", little))
        .is(ErrorKind.INVALID)
        .names("a source", "UTF-16LE", "UTF-8");
    Failure.of(() -> result(Header.line("\u20ac").withCharset(latin), "1\n"))
        .is(ErrorKind.INVALID)
        .names("ISO-8859-1");
    Failure.of(() -> result(header.withCharset(latin).withBom(BomPolicy.ADD), "1\n"))
        .is(ErrorKind.INVALID)
        .names("byte order mark");
  }

  @Test
  void aLineThatIsThereAlreadyIsThereOnce() {
    Header header = Header.line("a,b").withSkipIfPresent(true);
    assertEquals("a,b\n1,2\n", result(header, "a,b\n1,2\n"));
    assertEquals("a,b\r\n1,2\r\n", result(header, "a,b\r\n1,2\r\n"));
    assertEquals(BOM + "a,b\n1,2\n", result(header, BOM + "a,b\n1,2\n"));
    assertEquals("a,b\n", result(header, "a,b"));
    assertEquals("a,b\na,bc\n", result(header, "a,bc\n"));
    assertEquals("a,b\na,b\n", result(header.withSkipIfPresent(false), "a,b\n"));
  }

  @Test
  void namesOfColumnsAreInQuotesWhereThatIsNeeded() throws Exception {
    assertEquals("a,b c,d", Header.columns(List.of("a", "b c", "d"), ',').text());
    assertEquals(
        "\"a,b\",\"say \"\"x\"\"\",\" c\",\"d\ne\",,",
        Header.columns(List.of("a,b", "say \"x\"", " c", "d\ne", "", ""), ',').text());
    assertEquals("a,b;\"c;d\"", Header.columns(List.of("a,b", "c;d"), ';').text());
    assertEquals("\"\"", Header.columns(List.of(""), ',').text());
    Failure.of(() -> Header.columns(List.of(), ',')).is(ErrorKind.INVALID);
    Failure.of(() -> Header.columns(List.of("a"), '"')).is(ErrorKind.INVALID);
  }

  @Test
  void bytesGoInFrontAsTheyAre() {
    byte[] bytes = {(byte) 0xff, 0, 10, 13};
    HeaderBytes made = HeaderBytes.of(Header.bytes(bytes), new byte[] {1}, "a source");
    assertEquals(
        List.of(bytes.length, 0),
        List.of(made.bytes().length, made.leftOut(Header.bytes(bytes), new byte[] {1}, "")));
    org.junit.jupiter.api.Assertions.assertArrayEquals(bytes, made.bytes());
  }
}
