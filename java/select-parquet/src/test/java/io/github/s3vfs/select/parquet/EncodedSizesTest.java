package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;

/** A few bytes do not take up any amount of memory. */
class EncodedSizesTest {
  private static final int MANY = 2_000_000_000;

  private static void varInt(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 127) {
      out.write((int) (rest & 127) | 128);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] runs(boolean packed, long count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0); // bits of an index
    varInt(out, packed ? ((count / 8) << 1) | 1 : count << 1);
    return out.toByteArray();
  }

  private static byte[] deltas(int count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varInt(out, 1 << 16);
    varInt(out, 1);
    varInt(out, count);
    varInt(out, 0);
    for (long left = count - 1L; left > 0; left -= 1 << 16) {
      varInt(out, 0);
      out.write(0); // bits of a delta
    }
    return out.toByteArray();
  }

  private static void check(byte[] bytes, int values, Encoding encoding) throws IOException {
    new EncodedSizes(bytes, values, 1 << 20).values(encoding);
  }

  @Test
  void aPackedRunOfNoBitsHasALimit() {
    assertDoesNotThrow(() -> check(runs(true, 32 << 20), 32 << 20, Encoding.RLE_DICTIONARY));
    IOException e =
        assertThrows(
            IOException.class,
            () -> check(runs(true, (32 << 20) + 8), (32 << 20) + 8, Encoding.RLE_DICTIONARY));
    assertTrue(
        String.valueOf(e.getMessage()).contains("a packed run of 33554440 values"), e.toString());
  }

  @Test
  void aRunOfOneValueTakesNoMemory() {
    assertDoesNotThrow(() -> check(runs(false, MANY), MANY, Encoding.RLE_DICTIONARY));
  }

  @Test
  void deltasOfNoBitsHaveALimit() {
    for (Encoding encoding :
        new Encoding[] {Encoding.DELTA_BINARY_PACKED, Encoding.DELTA_LENGTH_BYTE_ARRAY}) {
      assertDoesNotThrow(() -> check(deltas(16 << 20), 16 << 20, encoding));
      IOException e = assertThrows(IOException.class, () -> check(deltas(MANY), MANY, encoding));
      assertTrue(
          String.valueOf(e.getMessage()).contains("a sequence of 2000000000 deltas"), e.toString());
    }
    assertThrows(IOException.class, () -> check(deltas(MANY), MANY, Encoding.DELTA_BYTE_ARRAY));
  }

  @Test
  void valuesOfADictionaryHaveALimit() {
    PrimitiveType text = Types.required(PrimitiveTypeName.BINARY).named("c");
    PrimitiveType one = Types.required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(1).named("c");
    PrimitiveType number = Types.required(PrimitiveTypeName.INT64).named("c");
    assertDoesNotThrow(() -> Pages.checkDictionary(text, 5_000_000, 20_000_000));
    assertDoesNotThrow(() -> Pages.checkDictionary(number, 5_000_000, 40_000_000));
    assertThrows(IOException.class, () -> Pages.checkDictionary(number, 5_000_000, 39_999_999));
    assertThrows(IOException.class, () -> Pages.checkDictionary(text, 6_000_000, 23_999_999));
    assertThrows(IOException.class, () -> Pages.checkDictionary(text, 6_200_000, 24_800_000));
    assertThrows(IOException.class, () -> Pages.checkDictionary(one, 200_000_000, 200_000_000));
    assertThrows(IOException.class, () -> Pages.checkDictionary(text, -1, 100));
  }
}
