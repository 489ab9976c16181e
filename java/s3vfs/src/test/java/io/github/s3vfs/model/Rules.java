package io.github.s3vfs.model;

import java.util.EnumSet;
import java.util.Set;

/** The rules that are obeyed in an exploration. */
record Rules(Set<Rule> obeyed) {
  /** Those of docs/FORMAT.md. */
  static final Rules ALL = new Rules(EnumSet.complementOf(EnumSet.of(Rule.COUNTS_WRITES)));

  Rules with(Rule rule) {
    EnumSet<Rule> more = EnumSet.copyOf(obeyed);
    more.add(rule);
    return new Rules(more);
  }

  Rules without(Rule rule) {
    EnumSet<Rule> fewer = EnumSet.copyOf(obeyed);
    fewer.remove(rule);
    return new Rules(fewer);
  }

  boolean has(Rule rule) {
    return obeyed.contains(rule);
  }
}
