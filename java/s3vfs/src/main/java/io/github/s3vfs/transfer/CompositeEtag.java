package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.store.UploadedPart;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ETag that stores give to an object of several parts: the MD5 of the parts' MD5s, a hyphen and
 * their number. Nobody promises it; it only serves to recognize one's own object. Pure.
 */
final class CompositeEtag {
  private static final Pattern MD5 = Pattern.compile("\"?([0-9a-fA-F]{32})\"?");

  private CompositeEtag() {}

  /** The ETag with its quotes, or null if the parts have others. */
  static @Nullable String of(List<UploadedPart> parts) {
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
