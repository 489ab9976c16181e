package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.internal.eval.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntervalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UnknownLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** What the stored numbers and bytes of a column mean to a query. */
final class ColumnType {
  private static final int DAY = 86_400;
  private static final int NANOS = 1_000_000_000;

  /** Julian day of 1970-01-01, from which INT96 counts. */
  private static final int EPOCH_DAY = 2_440_588;

  private enum Meaning {
    PLAIN,
    UNSIGNED,
    DECIMAL,
    DATE,
    TIME,
    TIMESTAMP,
    FLOAT16,
    UUID,
    INTERVAL,
    NULL
  }

  private final PrimitiveTypeName physical;
  private final Meaning meaning;
  private int scale;

  /** Units in a second, of TIME and TIMESTAMP. */
  private long unit = 1;

  private boolean utc;

  ColumnType(PrimitiveType type) {
    physical = type.getPrimitiveTypeName();
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (annotation instanceof IntLogicalTypeAnnotation integer) {
      meaning = integer.isSigned() ? Meaning.PLAIN : Meaning.UNSIGNED;
    } else if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      meaning = Meaning.DECIMAL;
      scale = decimal.getScale();
    } else if (annotation instanceof DateLogicalTypeAnnotation) {
      meaning = Meaning.DATE;
    } else if (annotation instanceof TimeLogicalTypeAnnotation time) {
      meaning = Meaning.TIME;
      unit = perSecond(time.getUnit());
    } else if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      meaning = Meaning.TIMESTAMP;
      unit = perSecond(timestamp.getUnit());
      utc = timestamp.isAdjustedToUTC();
    } else if (annotation instanceof Float16LogicalTypeAnnotation) {
      meaning = Meaning.FLOAT16;
    } else if (annotation instanceof UUIDLogicalTypeAnnotation) {
      meaning = Meaning.UUID;
    } else if (annotation instanceof IntervalLogicalTypeAnnotation) {
      meaning = Meaning.INTERVAL;
    } else if (annotation instanceof UnknownLogicalTypeAnnotation) {
      meaning = Meaning.NULL;
    } else {
      meaning = physical == PrimitiveTypeName.INT96 ? Meaning.TIMESTAMP : Meaning.PLAIN;
    }
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> 1_000;
      case MICROS -> 1_000_000;
      case NANOS -> NANOS;
    };
  }

  /** Whether statistics have the order of the values. */
  boolean isOrdered() {
    return physical != PrimitiveTypeName.INT96
        && meaning != Meaning.INTERVAL
        && meaning != Meaning.NULL;
  }

  /** Takes the next value of a page. */
  void read(ValuesReader values, Value out) {
    switch (physical) {
      case BOOLEAN -> set(values.readBoolean(), out);
      case INT32 -> set(values.readInteger(), out);
      case INT64 -> set(values.readLong(), out);
      case FLOAT -> set((double) values.readFloat(), out);
      case DOUBLE -> set(values.readDouble(), out);
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> set(values.readBytes(), out);
    }
  }

  void set(boolean value, Value out) {
    out.setBool(value);
    nullIfUnknown(out);
  }

  void set(double value, Value out) {
    out.setDouble(value);
    nullIfUnknown(out);
  }

  private void nullIfUnknown(Value out) {
    if (meaning == Meaning.NULL) {
      out.setNull();
    }
  }

  void set(int value, Value out) {
    switch (meaning) {
      case UNSIGNED -> out.setInt(Integer.toUnsignedLong(value));
      case DATE -> out.setTimestamp((long) value * DAY, 0, 0, false);
      default -> set((long) value, out);
    }
  }

  void set(long value, Value out) {
    switch (meaning) {
      case UNSIGNED -> {
        if (value >= 0) {
          out.setInt(value);
        } else {
          out.setDecimal(new BigDecimal(Long.toUnsignedString(value)));
        }
      }
      case DECIMAL -> out.setDecimal(BigDecimal.valueOf(value, scale));
      case TIME -> out.setString(time(value));
      case TIMESTAMP ->
          out.setTimestamp(
              Math.floorDiv(value, unit),
              (int) (Math.floorMod(value, unit) * (NANOS / unit)),
              0,
              utc);
      case NULL -> out.setNull();
      default -> out.setInt(value);
    }
  }

  /** As hh:mm:ss, with a fraction if there is one: in the order of the numbers. */
  private String time(long value) {
    long seconds = Math.floorDiv(value, unit);
    long fraction = Math.floorMod(value, unit);
    String text =
        "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, Math.floorMod(seconds, 60));
    return fraction == 0 ? text : text + "." + Long.toString(unit + fraction).substring(1);
  }

  void set(Binary value, Value out) {
    ByteBuffer bytes = value.toByteBuffer();
    int start = bytes.arrayOffset() + bytes.position();
    int length = bytes.remaining();
    switch (meaning) {
      case DECIMAL ->
          out.setDecimal(new BigDecimal(new BigInteger(bytes.array(), start, length), scale));
      case FLOAT16 -> out.setDouble(half(little(bytes, 2).getShort()));
      case UUID -> {
        need(bytes, 16);
        out.setString(new UUID(bytes.getLong(), bytes.getLong()).toString());
      }
      case INTERVAL -> out.setString(interval(little(bytes, 12)));
      case TIMESTAMP -> {
        ByteBuffer stored = little(bytes, 12);
        long nanos = stored.getLong();
        long day = stored.getInt() - (long) EPOCH_DAY;
        out.setTimestamp(
            day * DAY + Math.floorDiv(nanos, (long) NANOS),
            (int) Math.floorMod(nanos, (long) NANOS),
            0,
            false);
      }
      case NULL -> out.setNull();
      default -> out.setString(bytes.array(), start, start + length);
    }
  }

  private static ByteBuffer little(ByteBuffer bytes, int length) {
    need(bytes, length);
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void need(ByteBuffer bytes, int length) {
    if (bytes.remaining() != length) {
      throw Failures.damaged("a value of " + bytes.remaining() + " bytes in place of " + length);
    }
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    double size =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 0x1F -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> (0x400 + fraction) * Math.scalb(1.0, exponent - 25);
        };
    return bits < 0 ? -size : size;
  }

  /** As a duration of ISO 8601. */
  private static String interval(ByteBuffer stored) {
    long months = Integer.toUnsignedLong(stored.getInt());
    long days = Integer.toUnsignedLong(stored.getInt());
    BigDecimal seconds = BigDecimal.valueOf(Integer.toUnsignedLong(stored.getInt()), 3);
    return "P%dM%dDT%sS".formatted(months, days, seconds.toPlainString());
  }

  /** The value that statistics have; false if it is none. */
  boolean plain(byte[] stored, Value out) {
    ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    int size =
        switch (physical) {
          case BOOLEAN -> 1;
          case INT32, FLOAT -> 4;
          case INT64, DOUBLE -> 8;
          default -> stored.length;
        };
    if (stored.length != size || (size == 0 && meaning != Meaning.PLAIN)) {
      return false;
    }
    switch (physical) {
      case BOOLEAN -> set(bytes.get() != 0, out);
      case INT32 -> set(bytes.getInt(), out);
      case INT64 -> set(bytes.getLong(), out);
      case FLOAT -> set((double) bytes.getFloat(), out);
      case DOUBLE -> set(bytes.getDouble(), out);
      default -> set(Binary.fromConstantByteArray(stored), out);
    }
    return true;
  }
}
