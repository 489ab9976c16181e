package io.github.s3vfs.testkit;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A key pair the server knows.
 *
 * @param accessKeyId names it
 * @param secretAccessKey signs requests; never printed by {@link #toString()}
 */
public record Credentials(String accessKeyId, String secretAccessKey) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new random key pair. */
  static Credentials random() {
    return new Credentials("AKIA" + hex(8).toUpperCase(Locale.ROOT), hex(20));
  }

  private static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The access key id only. */
  @Override
  public String toString() {
    return accessKeyId;
  }
}
