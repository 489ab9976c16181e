package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * The content of a lease object (docs/FORMAT.md, "The lease"): lines of text, so that a person can
 * read it.
 *
 * @param held whether a writer has the database
 * @param moved whether the database is in another layout now
 * @param nonce 32 hexadecimal digits, fresh for each write of the object, so that an ETag never
 *     comes back
 * @param term how long the holder may be silent
 * @param holder who it is, for people
 */
record LeaseRecord(boolean held, boolean moved, String nonce, Duration term, String holder) {
  private static final String FIRST_LINE = "sqlite-s3vfs lease 1";
  private static final Set<String> STATES = Set.of("held", "free", "moved");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A record with a fresh nonce. */
  static LeaseRecord fresh(boolean held, Duration term, String holder) {
    return fresh(held, false, term, holder);
  }

  /** Of a database that is in another layout now. */
  static LeaseRecord moved(Duration term, String holder) {
    return fresh(false, true, term, holder);
  }

  private static LeaseRecord fresh(boolean held, boolean moved, Duration term, String holder) {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return new LeaseRecord(held, moved, HexFormat.of().formatHex(nonce), term, holder);
  }

  byte[] toBytes() {
    String text =
        FIRST_LINE
            + "\nstate "
            + (held ? "held" : moved ? "moved" : "free")
            + "\nnonce "
            + nonce
            + "\nterm-ms "
            + term.toMillis()
            + "\nholder "
            + holder
            + "\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record; lines that it does not know are passed over.
   *
   * @param what names the object in the message
   * @throws S3VfsException {@code CORRUPT}
   */
  static LeaseRecord parse(byte[] bytes, String what) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0) {
        values.putIfAbsent(line.substring(0, space), line.substring(space + 1));
      }
    }
    String state = values.getOrDefault("state", "");
    String nonce = values.getOrDefault("nonce", "");
    String term = values.getOrDefault("term-ms", "");
    boolean valid =
        lines[0].equals(FIRST_LINE)
            && STATES.contains(state)
            && nonce.matches("[0-9a-f]{32}")
            && term.matches("[0-9]{1,9}");
    if (!valid) {
      throw new S3VfsException(ErrorKind.CORRUPT, what + " is not a lease of this library");
    }
    return new LeaseRecord(
        state.equals("held"),
        state.equals("moved"),
        nonce,
        Duration.ofMillis(Long.parseLong(term)),
        values.getOrDefault("holder", "?"));
  }
}
