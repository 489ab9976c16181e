package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** How bytes are written in CSV, which has text only. */
public enum BlobText {
  /** Two digits per byte: written in lower case, read in either. */
  HEX,
  /** RFC 4648, with padding, in one line. */
  BASE64,
  /** Bytes are an error. */
  REFUSE;

  String text(byte[] bytes) {
    return switch (this) {
      case HEX -> HexFormat.of().formatHex(bytes);
      case BASE64 -> Base64.getEncoder().encodeToString(bytes);
      case REFUSE -> throw new S3VfsException(ErrorKind.INVALID, "bytes are not to be written");
    };
  }

  byte[] bytes(String text) throws BadValue {
    try {
      return switch (this) {
        case HEX -> HexFormat.of().parseHex(text);
        case BASE64 -> Base64.getDecoder().decode(text);
        case REFUSE -> throw new BadValue("bytes are not to be read");
      };
    } catch (IllegalArgumentException e) {
      throw new BadValue("is not " + name().toLowerCase(Locale.ROOT));
    }
  }
}
