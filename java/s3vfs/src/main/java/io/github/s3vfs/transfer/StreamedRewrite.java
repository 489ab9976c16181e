package io.github.s3vfs.transfer;

import java.io.IOException;

/** Reads everything and sends it on, in parallel and with bounded memory. */
final class StreamedRewrite {
  private final S3Objects sources;
  private final S3Objects targets;
  private final RewriteSources all;
  private final RewriteContent content;

  StreamedRewrite(
      S3Objects sources, S3Objects targets, RewriteSources all, RewriteContent content) {
    this.sources = sources;
    this.targets = targets;
    this.all = all;
    this.content = content;
  }

  ObjectInfo run(ObjectLocation target, UploadOptions options) {
    try (ObjectUpload upload = targets.upload(target, options)) {
      upload.write(content.header());
      for (int i = 0; i < all.all().size(); i++) {
        RewritePlan.Source taken = content.taken().get(i);
        pump(i, taken, upload, options);
      }
      return upload.complete();
    } catch (IOException e) {
      throw StreamFailure.cause(e, target.toString());
    }
  }

  private void pump(int index, RewritePlan.Source taken, ObjectUpload upload, UploadOptions options)
      throws IOException {
    if (taken.length() == 0) {
      return;
    }
    int from = Math.toIntExact(taken.from());
    byte[] start = all.start(index, from);
    long rest = taken.from() + start.length;
    upload.write(start);
    int atOnce = Math.min(ReadOptions.DEFAULT.concurrency(), options.concurrency());
    ReadOptions range =
        ReadOptions.DEFAULT
            .withParts(ReadOptions.DEFAULT.partSizeBytes(), atOnce)
            .withRange(rest, taken.to() - rest);
    try (ObjectReader reader = sources.open(all.all().get(index), range)) {
      byte[] part = reader.nextPart();
      while (part != null) {
        upload.write(part);
        part = reader.nextPart();
      }
    }
  }
}
