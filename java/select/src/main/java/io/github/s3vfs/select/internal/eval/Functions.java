package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Calendar.Part;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions whose value is NULL if one of their arguments is. */
public final class Functions {
  private Functions() {}

  /** Computes a function of arguments that are not NULL. */
  interface Body {
    void apply(Value[] arguments, ByteSink scratch, Value out);
  }

  private record Definition(int least, int most, Body body) {}

  private static final Map<String, Definition> BY_NAME =
      Map.ofEntries(
          Map.entry("lower", new Definition(1, 1, StringFunctions::lower)),
          Map.entry("upper", new Definition(1, 1, StringFunctions::upper)),
          Map.entry("char_length", new Definition(1, 1, StringFunctions::length)),
          Map.entry("character_length", new Definition(1, 1, StringFunctions::length)),
          Map.entry("substring", new Definition(2, 3, StringFunctions::substring)),
          Map.entry("substr", new Definition(2, 3, StringFunctions::substring)),
          Map.entry("trim", new Definition(1, 2, (a, s, out) -> trim(a, true, true, out))),
          Map.entry("trim_both", new Definition(1, 2, (a, s, out) -> trim(a, true, true, out))),
          Map.entry("trim_leading", new Definition(1, 2, (a, s, out) -> trim(a, true, false, out))),
          Map.entry(
              "trim_trailing", new Definition(1, 2, (a, s, out) -> trim(a, false, true, out))),
          Map.entry("to_string", new Definition(2, 2, Functions::format)),
          Map.entry(
              "add", new Definition(2, 2, (a, s, out) -> Arithmetic.apply('+', a[0], a[1], out))),
          Map.entry("negate", new Definition(1, 1, (a, s, out) -> Arithmetic.negate(a[0], out))),
          Map.entry("version", new Definition(0, 0, (a, s, out) -> out.setString("41.a"))));

  private static void trim(Value[] arguments, boolean leading, boolean trailing, Value out) {
    StringFunctions.trim(arguments, leading, trailing, out);
  }

  private static void format(Value[] a, ByteSink scratch, Value out) {
    timestamp("to_string", a[0]);
    StringFunctions.text("to_string", a[1]);
    TimestampPattern.format(a[0], a[1].bytes, a[1].start, a[1].end, scratch);
    out.setString(scratch.array(), 0, scratch.length());
  }

  /** A function; null if there is none of that name. */
  public static @Nullable Expr of(Place place, String name, Expr... arguments) {
    Definition definition = BY_NAME.get(name);
    if (definition == null) {
      return null;
    }
    if (arguments.length < definition.least() || arguments.length > definition.most()) {
      throw wrongCount(name, definition.least(), definition.most(), arguments.length);
    }
    return new Call(place, definition.body(), arguments);
  }

  /** That a function was given too few or too many arguments. */
  public static SelectException wrongCount(String name, int least, int most, int found) {
    return new SelectException(
        SelectError.WRONG_ARGUMENTS,
        name
            + " takes "
            + (least == most ? "" : least + " to ")
            + most
            + (most == 1 ? " argument" : " arguments")
            + ", found "
            + found);
  }

  /** Whether there is a date part of that name. */
  public static boolean isPart(String name) {
    try {
      Part.of(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** EXTRACT. */
  public static Expr extract(String partName, Expr value) {
    Part part = Part.of(partName);
    return new Call(
        (a, scratch, out) -> {
          timestamp("extract", a[0]);
          out.setInt(Calendar.extract(part, a[0]));
        },
        value);
  }

  /** DATE_ADD. */
  public static Expr dateAdd(String partName, Expr quantity, Expr value) {
    Part part = unit("date_add", partName);
    return new Call(
        (a, scratch, out) -> {
          timestamp("date_add", a[1]);
          try {
            Calendar.add(part, StringFunctions.whole("date_add", a[0]), a[1], out);
          } catch (ArithmeticException e) {
            throw new SelectException(
                SelectError.INVALID_TIMESTAMP,
                "date_add failed : the result is not between the years 1400 and 9999",
                e);
          }
        },
        quantity,
        value);
  }

  /** DATE_DIFF. */
  public static Expr dateDiff(String partName, Expr from, Expr to) {
    Part part = unit("date_diff", partName);
    return new Call(
        (a, scratch, out) -> {
          timestamp("date_diff", a[0]);
          timestamp("date_diff", a[1]);
          out.setInt(Calendar.difference(part, a[0], a[1]));
        },
        from,
        to);
  }

  private static Part unit(String function, String name) {
    Part part = Part.of(name);
    if (part == Part.TIMEZONE_HOUR || part == Part.TIMEZONE_MINUTE) {
      throw new SelectException(
          SelectError.PARSE_EXPECTED_DATE_PART,
          function + " does not take the part " + name.toLowerCase(Locale.ROOT));
    }
    return part;
  }

  private static void timestamp(String function, Value value) {
    if (value.kind != Kind.TIMESTAMP) {
      throw new SelectException(
          SelectError.INVALID_ARGUMENT,
          function + " takes a timestamp, and this is a " + Comparing.name(value.kind));
    }
  }

  private static final class Call extends Expr {
    private final Place place;
    private final Body body;
    private final Expr[] arguments;
    private final Value[] values;
    private final ByteSink scratch = new ByteSink(32);
    private final Value result = new Value();

    /** Of a function whose errors are all of a row, which have no place. */
    Call(Body body, Expr... arguments) {
      this((operator, e) -> e, body, arguments);
    }

    Call(Place place, Body body, Expr... arguments) {
      this.place = place;
      this.body = body;
      this.arguments = arguments;
      this.values = new Value[arguments.length];
    }

    @Override
    public Value eval() {
      for (int i = 0; i < arguments.length; i++) {
        Value value = arguments[i].eval();
        if (value.isNull()) {
          return value;
        }
        values[i] = value;
      }
      scratch.truncate(0);
      try {
        body.apply(values, scratch, result);
      } catch (SelectException e) {
        throw place.of(0, e);
      }
      return result;
    }

    @Override
    public boolean constant() {
      return constants(arguments);
    }
  }
}
