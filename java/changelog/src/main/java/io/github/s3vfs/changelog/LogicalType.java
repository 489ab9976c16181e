package io.github.s3vfs.changelog;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a column are to the program. Each type has a Java type and a form in SQLite;
 * docs/CHANGE-STREAMS.md has the table. Immutable.
 */
public final class LogicalType {
  /** The kinds of types. */
  public enum Kind {
    /** {@link Boolean}. INTEGER 0 or 1; as TEXT also true, yes, on, t, y, 1 and their opposites. */
    BOOL,
    /** {@link Long}. INTEGER. */
    INT,
    /** {@link Double}. REAL; an INTEGER is read, too. */
    FLOAT,
    /** {@link String}. TEXT. */
    STRING,
    /** {@code byte[]}. BLOB. */
    BYTES,
    /** {@link java.time.LocalDateTime}. TEXT as in 2026-01-31T12:00:00.000000000. */
    DATE_TIME_NAIVE,
    /** {@link java.time.Instant}. TEXT as in 2026-01-31T12:00:00.000000000+0000. */
    DATE_TIME_UTC,
    /** {@link java.time.Duration}. INTEGER nanoseconds. */
    DURATION,
    /** A document as a {@link String}. TEXT. */
    JSON,
    /** {@link Pointer}. TEXT. */
    POINTER,
    /** {@link java.math.BigDecimal}. TEXT. */
    DECIMAL,
    /** {@link List} of any length. TEXT: an array of JSON. */
    LIST,
    /** {@link List} of a fixed length. TEXT: an array of JSON. */
    TUPLE,
    /** {@link NdArray} of integers. TEXT: JSON with shape and elements. */
    INT_ARRAY,
    /** {@link NdArray} of floating point numbers. TEXT: JSON with shape and elements. */
    FLOAT_ARRAY,
    /** An object of the program's, by an {@link ObjectSerializer}. TEXT: base64. */
    OBJECT,
    /** What SQLite has: Long, Double, String, byte[] or null. To be read only. */
    ANY
  }

  /** Of {@link Kind#BOOL}. */
  public static final LogicalType BOOL = new LogicalType(Kind.BOOL);

  /** Of {@link Kind#INT}. */
  public static final LogicalType INT = new LogicalType(Kind.INT);

  /** Of {@link Kind#FLOAT}. */
  public static final LogicalType FLOAT = new LogicalType(Kind.FLOAT);

  /** Of {@link Kind#STRING}. */
  public static final LogicalType STRING = new LogicalType(Kind.STRING);

  /** Of {@link Kind#BYTES}. */
  public static final LogicalType BYTES = new LogicalType(Kind.BYTES);

  /** Of {@link Kind#DATE_TIME_NAIVE}. */
  public static final LogicalType DATE_TIME_NAIVE = new LogicalType(Kind.DATE_TIME_NAIVE);

  /** Of {@link Kind#DATE_TIME_UTC}. */
  public static final LogicalType DATE_TIME_UTC = new LogicalType(Kind.DATE_TIME_UTC);

  /** Of {@link Kind#DURATION}. */
  public static final LogicalType DURATION = new LogicalType(Kind.DURATION);

  /** Of {@link Kind#JSON}. */
  public static final LogicalType JSON = new LogicalType(Kind.JSON);

  /** Of {@link Kind#POINTER}. */
  public static final LogicalType POINTER = new LogicalType(Kind.POINTER);

  /** Of {@link Kind#DECIMAL}. */
  public static final LogicalType DECIMAL = new LogicalType(Kind.DECIMAL);

  /** Of {@link Kind#INT_ARRAY}. */
  public static final LogicalType INT_ARRAY = new LogicalType(Kind.INT_ARRAY);

  /** Of {@link Kind#FLOAT_ARRAY}. */
  public static final LogicalType FLOAT_ARRAY = new LogicalType(Kind.FLOAT_ARRAY);

  /** Of {@link Kind#ANY}. */
  public static final LogicalType ANY = new LogicalType(Kind.ANY);

  private final Kind kind;
  private final List<LogicalType> elements;
  private final @Nullable Class<?> objects;
  private final @Nullable ObjectSerializer<Object> serializer;

  private LogicalType(Kind kind, LogicalType... elements) {
    this(kind, List.of(elements), null, null);
  }

  private LogicalType(
      Kind kind,
      List<LogicalType> elements,
      @Nullable Class<?> objects,
      @Nullable ObjectSerializer<Object> serializer) {
    this.kind = kind;
    this.elements = elements;
    this.objects = objects;
    this.serializer = serializer;
  }

  /**
   * Lists of any length. Elements may be null.
   *
   * @param element of all elements
   * @return the type
   */
  public static LogicalType list(LogicalType element) {
    return new LogicalType(Kind.LIST, element);
  }

  /**
   * Lists of a fixed length. Elements may be null.
   *
   * @param elements of the first element, the second, and so on
   * @return the type
   */
  public static LogicalType tuple(LogicalType... elements) {
    return new LogicalType(Kind.TUPLE, elements);
  }

  /**
   * Objects of the program's.
   *
   * @param objects their class
   * @param serializer turns them into bytes, and back
   * @param <T> of the objects
   * @return the type
   */
  public static <T> LogicalType object(Class<T> objects, ObjectSerializer<T> serializer) {
    ObjectSerializer<Object> checked =
        new ObjectSerializer<>() {
          @Override
          public byte[] write(Object value) {
            return serializer.write(objects.cast(value));
          }

          @Override
          public Object read(byte[] bytes) {
            return Objects.requireNonNull(serializer.read(bytes), "the serializer gives null");
          }
        };
    return new LogicalType(Kind.OBJECT, List.of(), objects, checked);
  }

  /** Which kind it is of. */
  public Kind kind() {
    return kind;
  }

  /** The type of all elements of a list, or those of a tuple; else none. */
  public List<LogicalType> elements() {
    return elements;
  }

  /** Of a type of objects. */
  ObjectSerializer<Object> serializer() {
    return Objects.requireNonNull(serializer);
  }

  /** Whether it or an element of it is of a kind. */
  boolean has(Kind wanted) {
    return kind == wanted || elements.stream().anyMatch(each -> each.has(wanted));
  }

  /** The type of a column of a new table that takes its values. */
  String declared() {
    return switch (kind) {
      case BOOL, INT, DURATION -> "INTEGER";
      case FLOAT -> "REAL";
      case BYTES -> "BLOB";
      default -> "TEXT";
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LogicalType type
        && kind == type.kind
        && elements.equals(type.elements)
        && Objects.equals(objects, type.objects);
  }

  @Override
  public int hashCode() {
    return Arrays.asList(kind, elements, objects).hashCode();
  }

  /** For people, as in {@code list<INT>}. */
  @Override
  public String toString() {
    if (kind == Kind.LIST || kind == Kind.TUPLE) {
      return elements.stream()
          .map(LogicalType::toString)
          .collect(Collectors.joining(", ", kind + "<", ">"));
    }
    return objects == null ? kind.toString() : kind + "<" + objects.getName() + ">";
  }
}
