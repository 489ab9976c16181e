package io.github.s3vfs.select.internal.eval;

import org.jspecify.annotations.Nullable;

/** Expressions that compute only what they need: CASE, COALESCE, NULLIF. */
public final class Choices {
  private Choices() {}

  /** The result of the first condition that is true, or the last one; without it NULL. */
  public static Expr when(Expr[] conditions, Expr[] results, @Nullable Expr otherwise) {
    return new When(conditions, results, otherwise == null ? new Constant(new Value()) : otherwise);
  }

  /** The result of the first value that equals the operand. */
  public static Expr match(Expr operand, Expr[] values, Expr[] results, @Nullable Expr otherwise) {
    return new Match(
        operand, values, results, otherwise == null ? new Constant(new Value()) : otherwise);
  }

  /** The first that is not NULL. */
  public static Expr coalesce(Expr... parts) {
    return new Coalesce(parts);
  }

  /** NULL if both are equal, and the first otherwise. */
  public static Expr nullIf(Expr value, Expr other) {
    return new NullIf(value, other);
  }

  private static final class When extends Expr {
    private final Expr[] conditions;
    private final Expr[] results;
    private final Expr otherwise;

    When(Expr[] conditions, Expr[] results, Expr otherwise) {
      this.conditions = conditions;
      this.results = results;
      this.otherwise = otherwise;
    }

    @Override
    public Value eval() {
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].test() > 0) {
          return results[i].eval();
        }
      }
      return otherwise.eval();
    }

    @Override
    public boolean constant() {
      return constants(conditions) && constants(results) && otherwise.constant();
    }
  }

  private static final class Match extends Expr {
    private final Expr operand;
    private final Expr[] values;
    private final Expr[] results;
    private final Expr otherwise;

    Match(Expr operand, Expr[] values, Expr[] results, Expr otherwise) {
      this.operand = operand;
      this.values = values;
      this.results = results;
      this.otherwise = otherwise;
    }

    @Override
    public Value eval() {
      Value wanted = operand.eval();
      for (int i = 0; i < values.length && !wanted.isNull(); i++) {
        Value value = values[i].eval();
        if (!value.isNull() && Comparing.order(wanted, value) == 0) {
          return results[i].eval();
        }
      }
      return otherwise.eval();
    }

    @Override
    public boolean constant() {
      return operand.constant() && constants(values) && constants(results) && otherwise.constant();
    }
  }

  private static final class Coalesce extends Expr {
    private final Expr[] parts;

    Coalesce(Expr... parts) {
      this.parts = parts;
    }

    @Override
    public Value eval() {
      Value last = parts[0].eval();
      for (int i = 1; i < parts.length && last.isNull(); i++) {
        last = parts[i].eval();
      }
      return last;
    }

    @Override
    public boolean constant() {
      return constants(parts);
    }
  }

  private static final class NullIf extends Expr {
    private final Expr value;
    private final Expr other;
    private final Value nothing = new Value();

    NullIf(Expr value, Expr other) {
      this.value = value;
      this.other = other;
    }

    @Override
    public Value eval() {
      Value first = value.eval();
      if (first.isNull()) {
        return first;
      }
      Value second = other.eval();
      return !second.isNull() && Comparing.same(first, second) ? nothing : first;
    }

    @Override
    public boolean constant() {
      return constants(value, other);
    }
  }
}
