package io.github.s3vfs.flink;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Rows of change streams as bytes, for what Flink stores: for each the byte of its kind, the number
 * of its values, and for each value a letter and its content.
 */
final class RowBytes {
  /** A row that comes or goes. */
  record Entry(RowKind kind, List<@Nullable Object> values) {}

  private RowBytes() {}

  /** A row. */
  static byte[] of(RowKind kind, List<@Nullable Object> values) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(kind.toByteValue());
      write(out, values);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not of memory
    }
  }

  private static void write(DataOutputStream out, List<?> values) throws IOException {
    out.writeInt(values.size());
    for (Object each : values) {
      write(out, each);
    }
  }

  private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeByte('n');
    } else if (value instanceof Boolean truth) {
      out.writeByte(truth ? 'y' : 'f');
    } else if (value instanceof Long number) {
      out.writeByte('i');
      out.writeLong(number);
    } else if (value instanceof Double number) {
      out.writeByte('r');
      out.writeDouble(number);
    } else if (value instanceof String text) {
      write(out, 't', text.getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof byte[] bytes) {
      write(out, 'b', bytes);
    } else if (value instanceof BigDecimal decimal) {
      write(out, 'd', decimal.toString().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof LocalDateTime time) {
      write(out, 'l', time.toString().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof Instant time) {
      out.writeByte('u');
      out.writeLong(time.getEpochSecond());
      out.writeInt(time.getNano());
    } else if (value instanceof Duration duration) {
      out.writeByte('p');
      out.writeLong(duration.getSeconds());
      out.writeInt(duration.getNano());
    } else if (value instanceof List<?> list) {
      out.writeByte('a');
      write(out, list);
    } else {
      throw new IllegalArgumentException("a value of " + value.getClass());
    }
  }

  private static void write(DataOutputStream out, char kind, byte[] content) throws IOException {
    out.writeByte(kind);
    out.writeInt(content.length);
    out.write(content);
  }

  /**
   * All rows.
   *
   * @param bytes rows, one behind the other
   * @throws IOException if they are none
   */
  static List<Entry> read(byte[] bytes) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      while (in.available() > 0) {
        RowKind kind = RowKind.fromByteValue(in.readByte());
        entries.add(new Entry(kind, list(in)));
      }
    }
    return entries;
  }

  private static List<@Nullable Object> list(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > in.available()) {
      throw new IOException("a row of " + size + " values");
    }
    List<@Nullable Object> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(value(in));
    }
    return values;
  }

  private static @Nullable Object value(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case 'n' -> null;
      case 'y', 'f' -> (Object) (kind == 'y');
      case 'i' -> (Object) in.readLong();
      case 'r' -> (Object) in.readDouble();
      case 't' -> text(in);
      case 'b' -> content(in);
      case 'd' -> new BigDecimal(text(in));
      case 'l' -> LocalDateTime.parse(text(in));
      case 'u' -> Instant.ofEpochSecond(in.readLong(), in.readInt());
      case 'p' -> Duration.ofSeconds(in.readLong(), in.readInt());
      case 'a' -> list(in);
      default -> throw new IOException("a value of kind " + kind);
    };
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(content(in), StandardCharsets.UTF_8);
  }

  private static byte[] content(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > in.available()) {
      throw new IOException("a value of " + size + " bytes");
    }
    return in.readNBytes(size);
  }
}
