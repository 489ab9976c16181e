package io.github.s3vfs.internal.diskcache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What bytes are found by: the first 128 bits of a SHA-256, so that nothing can be told from it,
 * and no two things have the same one. Immutable.
 */
public record DiskKey(long high, long low) {
  /** Length in bytes. */
  static final int LENGTH = 16;

  /** Stands for names that many keys have in common: a SHA-256, 32 bytes. */
  public static byte[] scope(String... names) {
    MessageDigest digest = sha256();
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
      digest.update(bytes);
    }
    return digest.digest();
  }

  /**
   * The key of these numbers.
   *
   * @param scope from {@link #scope}
   * @param numbers as many for each key of the scope
   */
  public static DiskKey of(byte[] scope, long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(scope.length + 8 * numbers.length).put(scope);
    for (long number : numbers) {
      bytes.putLong(number);
    }
    ByteBuffer hash = ByteBuffer.wrap(sha256().digest(bytes.array()));
    return new DiskKey(hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it: the class documentation of MessageDigest
    }
  }
}
