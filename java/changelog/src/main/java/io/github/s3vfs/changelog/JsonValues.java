package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.JsonText.Raw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists, arrays and what is in them, as values of {@link JsonText}. */
final class JsonValues {
  private static final String SHAPE = "shape";
  private static final String ELEMENTS = "elements";

  private JsonValues() {}

  /** The value of a type. */
  static Object read(LogicalType type, @Nullable Object json) throws BadValue {
    return switch (type.kind()) {
      case LIST, TUPLE -> list(type, json);
      case INT_ARRAY, FLOAT_ARRAY -> array(type, json);
      case BOOL -> as(Boolean.class, type, json);
      case INT -> whole(type, json);
      case FLOAT -> number(type, json);
      case STRING -> as(String.class, type, json);
      case BYTES -> bytes(type, as(String.class, type, json));
      case DURATION -> Duration.ofNanos(whole(type, json));
      case JSON -> JsonText.write(json);
      case DATE_TIME_NAIVE -> DateTimes.local(type, as(String.class, type, json));
      case DATE_TIME_UTC -> DateTimes.instant(type, as(String.class, type, json));
      case ANY -> any(type, json);
      default -> FromSqlite.encoded(type, as(String.class, type, json));
    };
  }

  private static <T> T as(Class<T> wanted, LogicalType type, @Nullable Object json)
      throws BadValue {
    if (!wanted.isInstance(json)) {
      throw BadValue.of(type, JsonText.write(json));
    }
    return wanted.cast(json);
  }

  private static Object any(LogicalType type, @Nullable Object json) throws BadValue {
    if (json instanceof Raw raw) {
      try {
        return Long.valueOf(raw.text());
      } catch (NumberFormatException e) {
        return number(type, json);
      }
    }
    if (json instanceof String || json instanceof Boolean) {
      return json;
    }
    return JsonText.write(json);
  }

  private static byte[] bytes(LogicalType type, String base64) throws BadValue {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw BadValue.of(type, base64);
    }
  }

  private static Long whole(LogicalType type, @Nullable Object json) throws BadValue {
    try {
      return Long.valueOf(as(Raw.class, type, json).text());
    } catch (NumberFormatException e) {
      throw BadValue.of(type, JsonText.write(json));
    }
  }

  private static Double number(LogicalType type, @Nullable Object json) throws BadValue {
    Double number = Double.valueOf(as(Raw.class, type, json).text());
    if (number.isInfinite()) {
      throw BadValue.of(type, JsonText.write(json)); // more than a double can be
    }
    return number;
  }

  private static List<@Nullable Object> list(LogicalType type, @Nullable Object json)
      throws BadValue {
    List<?> from = as(List.class, type, json);
    boolean tuple = type.kind() == LogicalType.Kind.TUPLE;
    if (tuple && from.size() != type.elements().size()) {
      throw BadValue.of(type, JsonText.write(json));
    }
    List<@Nullable Object> list = new ArrayList<>(from.size());
    for (int i = 0; i < from.size(); i++) {
      Object each = from.get(i);
      list.add(each == null ? null : read(type.elements().get(tuple ? i : 0), each));
    }
    return Collections.unmodifiableList(list);
  }

  private static NdArray array(LogicalType type, @Nullable Object json) throws BadValue {
    Map<?, ?> map = as(Map.class, type, json);
    List<?> sizes = as(List.class, type, map.get(SHAPE));
    List<?> elements = as(List.class, type, map.get(ELEMENTS));
    int[] shape = new int[sizes.size()];
    try {
      for (int i = 0; i < shape.length; i++) {
        shape[i] = Math.toIntExact(whole(type, sizes.get(i)));
      }
      if (type.kind() == LogicalType.Kind.INT_ARRAY) {
        long[] longs = new long[elements.size()];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = whole(type, elements.get(i));
        }
        return NdArray.ofLongs(shape, longs);
      }
      double[] doubles = new double[elements.size()];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = number(type, elements.get(i));
      }
      return NdArray.ofDoubles(shape, doubles);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw BadValue.of(type, JsonText.write(json));
    }
  }

  /** A value of JSON. */
  static Object write(LogicalType type, Object value) throws BadValue {
    return switch (type.kind()) {
      case LIST, TUPLE -> elements(type, value);
      case INT_ARRAY, FLOAT_ARRAY -> arrayOf(type, value);
      case BOOL -> ToSqlite.typed(Boolean.class, type, value);
      case INT -> new Raw(ToSqlite.whole(type, value).toString());
      case FLOAT -> finite(type, ToSqlite.number(type, value));
      case DURATION -> new Raw(ToSqlite.nanos(type, value).toString());
      case BYTES -> Base64.getEncoder().encodeToString(ToSqlite.typed(byte[].class, type, value));
      case JSON -> new Raw((String) ToSqlite.write(type, value));
      default -> ToSqlite.write(type, value);
    };
  }

  private static Raw finite(LogicalType type, double number) throws BadValue {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw BadValue.of(type, number);
    }
    return new Raw(Double.toString(number));
  }

  private static List<@Nullable Object> elements(LogicalType type, Object value) throws BadValue {
    boolean tuple = type.kind() == LogicalType.Kind.TUPLE;
    if (!(value instanceof List<?> list) || (tuple && list.size() != type.elements().size())) {
      throw BadValue.of(type, value);
    }
    List<@Nullable Object> out = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object each = list.get(i);
      out.add(each == null ? null : write(type.elements().get(tuple ? i : 0), each));
    }
    return out;
  }

  private static Map<String, Object> arrayOf(LogicalType type, Object value) throws BadValue {
    boolean longs = type.kind() == LogicalType.Kind.INT_ARRAY;
    if (!(value instanceof NdArray array) || array.isOfLongs() != longs) {
      throw BadValue.of(type, value);
    }
    List<Raw> elements = new ArrayList<>();
    if (longs) {
      for (long each : array.longs()) {
        elements.add(new Raw(Long.toString(each)));
      }
    } else {
      for (double each : array.doubles()) {
        elements.add(finite(type, each));
      }
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SHAPE, Arrays.stream(array.shape()).mapToObj(i -> new Raw("" + i)).toList());
    map.put(ELEMENTS, elements);
    return map;
  }
}
