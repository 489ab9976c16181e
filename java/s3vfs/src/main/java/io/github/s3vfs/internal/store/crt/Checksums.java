package io.github.s3vfs.internal.store.crt;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The checksums of S3, which are a field for each algorithm. Pure. */
final class Checksums {
  private Checksums() {}

  /** The algorithm that an object was stored with, or null. */
  static @Nullable String algorithm(HeadObjectResponse head) {
    if (head.checksumCRC32() != null) {
      return "CRC32";
    } else if (head.checksumCRC32C() != null) {
      return "CRC32C";
    } else if (head.checksumCRC64NVME() != null) {
      return "CRC64NVME";
    } else if (head.checksumSHA1() != null) {
      return "SHA1";
    }
    return head.checksumSHA256() != null ? "SHA256" : null;
  }

  /** The checksum of an uploaded part, or null. */
  static @Nullable String of(UploadPartResponse part, @Nullable String algorithm) {
    return algorithm == null
        ? null
        : switch (algorithm) {
          case "CRC32" -> part.checksumCRC32();
          case "CRC32C" -> part.checksumCRC32C();
          case "CRC64NVME" -> part.checksumCRC64NVME();
          case "SHA1" -> part.checksumSHA1();
          case "SHA256" -> part.checksumSHA256();
          default -> null;
        };
  }

  /** The checksum of a copied part, or null. */
  static @Nullable String of(CopyPartResult part, @Nullable String algorithm) {
    return algorithm == null
        ? null
        : switch (algorithm) {
          case "CRC32" -> part.checksumCRC32();
          case "CRC32C" -> part.checksumCRC32C();
          case "CRC64NVME" -> part.checksumCRC64NVME();
          case "SHA1" -> part.checksumSHA1();
          case "SHA256" -> part.checksumSHA256();
          default -> null;
        };
  }

  /** Puts a part's checksum into the list that completes an upload. */
  static void put(
      CompletedPart.Builder part, @Nullable String algorithm, @Nullable String checksum) {
    if (algorithm == null || checksum == null) {
      return;
    }
    switch (algorithm) {
      case "CRC32" -> part.checksumCRC32(checksum);
      case "CRC32C" -> part.checksumCRC32C(checksum);
      case "CRC64NVME" -> part.checksumCRC64NVME(checksum);
      case "SHA1" -> part.checksumSHA1(checksum);
      case "SHA256" -> part.checksumSHA256(checksum);
      default -> {}
    }
  }
}
