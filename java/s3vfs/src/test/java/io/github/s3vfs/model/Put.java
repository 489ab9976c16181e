package io.github.s3vfs.model;

/** A PUT, as it is on its way. */
sealed interface Put {
  void fingerprint(Fingerprint print);

  /**
   * A PUT of the head.
   *
   * @param purpose what it is for
   * @param expected the head whose ETag is in If-Match; {@link Head#NONE} for If-None-Match: *
   * @param head what is stored
   */
  record OfHead(Purpose purpose, Head expected, Head head) implements Put {
    @Override
    public void fingerprint(Fingerprint print) {
      print.add(purpose).head(expected).head(head);
    }

    @Override
    public String toString() {
      return purpose + " of version " + head.version();
    }
  }

  /** A PUT of a segment with If-None-Match: *. */
  record OfSegment(StoredSegment segment) implements Put {
    @Override
    public void fingerprint(Fingerprint print) {
      segment.fingerprint(print);
    }
  }

  /** Why a head is written. */
  enum Purpose {
    CLAIM,
    RENEWAL,
    COMMIT,
    FENCE,
    RELEASE,
    FLOOR,
    COMPACTION
  }

  /** What the network does to a PUT. The last two are faults. */
  enum Fate {
    ARRIVES(""),
    /** It may take effect at any later moment, or never. */
    LOST(", no answer"),
    /** The client repeats it by itself, and the repetition meets the effect of the first one. */
    REPEATED(", takes effect, is repeated by the client and refused");

    final String text;

    Fate(String text) {
      this.text = text;
    }
  }

  /** What the sender learns. */
  enum Answer {
    OK,
    /** The condition did not hold; it may be that an earlier copy of the same PUT saw to that. */
    REFUSED,
    NONE
  }
}
