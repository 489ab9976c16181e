package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which pieces the bytes of an object come does not matter. */
class ChunkBoundaryTest {
  private static final String JSON =
      "\uFEFF{\"rows\":[{\"a\":-1.5e+2,\"k\\u00e9\":\"x\\n\\\"\\ud83d\\ude00é漢\",\"c\":[1,[true,null]]},\n"
          + " {\"a\" : 12345678901 , \"b\":{\"d\":\"\"}},\t[false], \"text\"] , \"z\":{}}\n{\"rows\":[]}";

  private static final List<String> QUERIES =
      List.of(
          "select _1.a, _1.\"ké\", _1.c[1][0], _1.b.d from s3object[*].rows",
          "select * from s3object[*].rows",
          "select count(*), count(_1.rows[3]), max(_1.rows[3]) from s3object[*]",
          "select * from s3object[*]");

  /** A source whose first read ends at a place, and whose others have a length. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pieces(byte[] bytes, int first, int length) implements ObjectSource {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open(long offset, long most) {
      return new InputStream() {
        private int at = (int) offset;

        @Override
        public int read() {
          return at < bytes.length ? bytes[at++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int start, int count) {
          int end = at < first ? first : Math.min(bytes.length, at + length);
          int given = Math.min(count, end - at);
          if (given <= 0) {
            return -1;
          }
          System.arraycopy(bytes, at, target, start, given);
          at += given;
          return given;
        }
      };
    }

    @Override
    public String name() {
      return "pieces";
    }
  }

  private static String run(String query, ObjectSource source, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows = S3Select.query(query, source, options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void jsonMayBeCutAtEveryByte() {
    byte[] bytes = Queries.bytes(JSON);
    SelectOptions options = Queries.DOCUMENT.withOutput(JsonOutput.DEFAULT);
    for (String query : QUERIES) {
      String whole = Conformance.run(query, bytes, options);
      for (int cut = 0; cut <= bytes.length; cut++) {
        assertEquals(whole, run(query, new Pieces(bytes, cut, 1 << 20), options), "cut " + cut);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void smallPiecesAreEnough(int length) {
    byte[] json = Queries.bytes(JSON);
    for (String query : QUERIES) {
      assertEquals(
          Conformance.run(query, json, Queries.DOCUMENT),
          run(query, new Pieces(json, 0, length), Queries.DOCUMENT));
    }
    byte[] csv = Queries.bytes("\uFEFFa,\"b\nc\r\n\\,x,\"\"\"\"\n#no\n\n1,2\r\n3");
    assertEquals(
        Conformance.run("select * from stdin", csv, Queries.CSV),
        run("select * from stdin", new Pieces(csv, 0, length), Queries.CSV));
  }

  @Test
  void valuesMayBeLargerThanWhatIsReadAtOnce() {
    String large = "é".repeat(200_000);
    byte[] json = Queries.bytes("{\"a\":\"" + large + "\",\"b\":{\"c\":\"" + large + "\"}}");
    assertEquals(
        "200000,400\n",
        run(
            "select char_length(_1.a), char_length(_1.b.c) / 500 from s3object[*]",
            new Pieces(json, 5, 1000),
            Queries.DOCUMENT));
    String all =
        run(
            "select * from s3object[*]",
            new Pieces(json, 9, 5000),
            Queries.DOCUMENT.withOutput(JsonOutput.DEFAULT));
    assertEquals(new String(json, StandardCharsets.UTF_8) + "\n", all);
    byte[] csv = Queries.bytes("x," + large + "\n\"" + large + "\",y\n");
    assertEquals(
        "1,200000\n200000,1\n",
        run(
            "select char_length(_1), char_length(_2) from stdin",
            new Pieces(csv, 1, 777),
            Queries.CSV));
  }
}
