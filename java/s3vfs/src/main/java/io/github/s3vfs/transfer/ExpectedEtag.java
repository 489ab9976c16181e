package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.store.UploadedPart;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ETags that stores give to objects, where they are not encrypted by other keys than the
 * store's own. Nobody promises them; they only serve to recognize one's own object. Pure.
 */
final class ExpectedEtag {
  private static final Pattern MD5 = Pattern.compile("\"?([0-9a-fA-F]{32})\"?");

  private ExpectedEtag() {}

  /** The MD5, with quotes; null if there is no MD5 here. */
  static @Nullable String ofBody(List<ByteBuffer> body) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      body.forEach(md5::update);
      return "\"" + HexFormat.of().formatHex(md5.digest()) + "\"";
    } catch (NoSuchAlgorithmException e) {
      return null;
    }
  }

  /**
   * The MD5 of the parts' MD5s, a hyphen and their number, with quotes; null if the parts have
   * other ETags.
   */
  static @Nullable String ofParts(List<UploadedPart> parts) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      for (UploadedPart part : parts) {
        var matcher = MD5.matcher(part.etag());
        if (!matcher.matches()) {
          return null;
        }
        md5.update(HexFormat.of().parseHex(matcher.group(1)));
      }
      return "\"" + HexFormat.of().formatHex(md5.digest()) + "-" + parts.size() + "\"";
    } catch (NoSuchAlgorithmException e) {
      return null;
    }
  }
}
