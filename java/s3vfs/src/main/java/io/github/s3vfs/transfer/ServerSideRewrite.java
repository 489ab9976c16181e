package io.github.s3vfs.transfer;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.StoredObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Carries a {@link RewritePlan} out: the store copies, and only what it cannot is read and sent.
 */
final class ServerSideRewrite {
  private final S3Objects objects;
  private final LargeObjects targets;
  private final RewriteSources sources;
  private final byte[] header;

  /**
   * @param objects that sources are among
   * @param targets those of the target's bucket
   */
  ServerSideRewrite(
      S3Objects objects, LargeObjects targets, RewriteSources sources, byte[] header) {
    this.objects = objects;
    this.targets = targets;
    this.sources = sources;
    this.header = header;
  }

  ObjectInfo run(RewritePlan plan, ObjectLocation target, UploadOptions options) {
    MultipartUpload upload =
        MultipartUpload.begin(targets, target, options.attributes(), options, plan.total());
    try {
      for (RewritePlan.Step step : plan.steps()) {
        if (step instanceof RewritePlan.Copy copy) {
          RewritePlan.Piece piece = copy.piece();
          upload.copy(RewriteSources.copySource(sources.all().get(piece.source())), piece.range());
        } else if (step instanceof RewritePlan.Upload sent) {
          upload.send(List.of(body(sent)), () -> {});
        }
      }
      StoredObject stored = upload.complete();
      return ObjectInfo.of(target, plan.total(), stored, options.attributes());
    } catch (RuntimeException | Error e) {
      S3VfsException left = upload.abort();
      if (left != null) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** The header and up to 10 MiB of sources. */
  private ByteBuffer body(RewritePlan.Upload step) {
    ByteBuffer body = ByteBuffer.allocate(Math.toIntExact(step.length()));
    if (step.header()) {
      body.put(header);
    }
    List<CompletableFuture<byte[]>> reads = new ArrayList<>();
    for (RewritePlan.Piece piece : step.pieces()) {
      ObjectLocation from = sources.all().get(piece.source()).location();
      reads.add(sources.bytes(objects.in(from.bucket()), piece));
    }
    try {
      for (int i = 0; i < reads.size(); i++) {
        RewritePlan.Piece piece = step.pieces().get(i);
        body.put(
            Await.result(
                reads.get(i),
                targets.deadline(piece.range().length()).plusSeconds(5),
                "GET " + sources.name(piece.source()) + " " + piece.range().header()));
      }
    } finally {
      reads.forEach(read -> read.cancel(true));
    }
    return body.flip();
  }
}
