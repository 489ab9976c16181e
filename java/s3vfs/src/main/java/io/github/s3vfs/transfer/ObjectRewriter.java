package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.LargeObjects;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an object of a header and the bytes of other objects: puts the names of the columns in
 * front of what a warehouse has unloaded without them, or puts the parts of an unloading together.
 *
 * <p>The result has exactly the bytes of the header and then those of the sources, each of the
 * version that it had at the beginning ({@code CONFLICT} if one changes meanwhile). It appears as a
 * whole; until then, and if anything fails, what was under its key stays as it was, and no parts
 * are left. The target may be one of the sources: it is then replaced only if it is still what was
 * read.
 *
 * <p>Where source and target are of the same store, this one copies what it can by itself
 * (UploadPartCopy): only the header and the first 5 MiB are moved. Otherwise everything is read and
 * sent, in parallel and with bounded memory, see {@link ObjectReader} and {@link ObjectUpload}.
 *
 * <p>Not for objects that are encrypted with keys of the customer (SSE-C). Thread-safe.
 */
public final class ObjectRewriter {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectRewriter.class);

  /** Up to here a promotion is one request. */
  private static final long ONE_COPY = 64 * PartSizes.MIB;

  private final S3Objects sources;
  private final S3Objects targets;

  private ObjectRewriter(S3Objects sources, S3Objects targets) {
    this.sources = sources;
    this.targets = targets;
  }

  /**
   * Within one store.
   *
   * @param objects sources and targets
   * @return the rewriter
   */
  public static ObjectRewriter of(S3Objects objects) {
    return new ObjectRewriter(objects, objects);
  }

  /**
   * From one store, region or account to another one: everything is read and sent.
   *
   * @param sources what is read
   * @param targets what is written
   * @return the rewriter
   */
  public static ObjectRewriter between(S3Objects sources, S3Objects targets) {
    return new ObjectRewriter(sources, targets);
  }

  /**
   * Puts a header in front of an object.
   *
   * @param header what goes in front
   * @param source the object
   * @param target where the result is to be; may be the source
   * @param options how
   * @return the result
   * @throws S3VfsException as {@link #concat}
   */
  public RewriteResult prepend(
      Header header, ObjectLocation source, ObjectLocation target, RewriteOptions options) {
    return concat(header, List.of(source), target, options);
  }

  /**
   * Copies an object.
   *
   * @param source the object
   * @param target where the copy is to be
   * @param options how
   * @return the result
   * @throws S3VfsException as {@link #concat}
   */
  public RewriteResult copy(ObjectLocation source, ObjectLocation target, RewriteOptions options) {
    return concat(Header.NONE, List.of(source), target, options.withGzip(GzipPolicy.IGNORE));
  }

  /**
   * Puts objects together, with a header in front.
   *
   * @param header what goes in front; {@link Header#NONE} for nothing
   * @param from the objects in their order, one or more
   * @param target where the result is to be; may be one of them
   * @param options how
   * @return the result
   * @throws S3VfsException {@code NOT_FOUND} if a source is not there; {@code CONFLICT} if one has
   *     changed meanwhile, or the condition of the options does not hold; {@code INVALID} if the
   *     header does not fit a source, or the result would be too large for S3; {@code UNSUPPORTED}
   *     for a source that is compressed; {@code INTERRUPTED}; or what S3 failed with
   */
  public RewriteResult concat(
      Header header, List<ObjectLocation> from, ObjectLocation target, RewriteOptions options) {
    if (from.isEmpty()) {
      throw new S3VfsException(ErrorKind.INVALID, target + " is to be made of no source at all");
    }
    boolean byStore = options.serverSide() && sources.isSameStore(targets);
    boolean looks = !header.ignoresSource() || options.gzip() != GzipPolicy.IGNORE;
    // What the store does not copy of the first one is as much.
    long first = looks || byStore ? HeaderBytes.toBeKnownFirst(header) : 0;
    long others = looks ? HeaderBytes.toBeKnown(header) : 0;
    RewriteSources all = RewriteSources.read(sources, from, first, others);
    RewriteContent content = RewriteContent.of(header, all, options.gzip());
    UploadOptions upload = upload(all, target, content, options);
    if (options.temporarySuffix() == null) {
      return write(all, content, target, upload, options, byStore);
    }
    return promote(all, content, target, upload, options, byStore);
  }

  /** With what the first source has, and the condition that the target is still what was read. */
  private UploadOptions upload(
      RewriteSources all, ObjectLocation target, RewriteContent content, RewriteOptions options) {
    ObjectInfo first = all.all().get(0);
    UploadOptions.Builder upload = options.upload().toBuilder().expectedSize(content.total());
    if (options.copyAttributes()) {
      upload.copied(options.upload(), first);
    }
    if (options.copyTags() && options.upload().tags().isEmpty()) {
      upload.tags(tags(first));
    }
    if (options.upload().condition().equals(WriteCondition.none())
        && sources.isSameStore(targets)) {
      all.all().stream()
          .filter(source -> source.location().equals(target))
          .forEach(source -> upload.condition(WriteCondition.ifMatch(source.etag())));
    }
    return upload.build();
  }

  private Map<String, String> tags(ObjectInfo source) {
    try {
      return sources.tags(source.location(), source.versionId());
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.UNSUPPORTED) {
        throw e;
      }
      return Map.of();
    }
  }

  private RewriteResult write(
      RewriteSources all,
      RewriteContent content,
      ObjectLocation target,
      UploadOptions upload,
      RewriteOptions options,
      boolean byStore) {
    LargeObjects objects = targets.in(target.bucket());
    boolean small = content.total() <= Math.min(upload.partSizeBytes(), objects.maxPut());
    if (byStore && !small) {
      RewritePlan plan =
          RewritePlan.of(
              content.header().length,
              content.taken(),
              PartSizes.MIN_PART,
              options.copyPartBytes());
      try {
        ObjectInfo made =
            new ServerSideRewrite(sources, objects, all, content.header())
                .run(plan, target, upload);
        return content.result(made, plan.copied());
      } catch (S3VfsException e) {
        if (e.kind() != ErrorKind.UNSUPPORTED) {
          throw e;
        }
        LOG.debug("{}: the store does not copy parts, so all is read and sent", target, e);
      }
    }
    ObjectInfo made = new StreamedRewrite(sources, targets, all, content).run(target, upload);
    return content.result(made, 0);
  }

  private RewriteResult promote(
      RewriteSources all,
      RewriteContent content,
      ObjectLocation target,
      UploadOptions upload,
      RewriteOptions options,
      boolean byStore) {
    ObjectLocation temporary = target.withKey(target.key() + options.temporarySuffix());
    if (all.all().stream().anyMatch(source -> source.location().equals(temporary))) {
      throw new S3VfsException(ErrorKind.INVALID, temporary + " is a source and the temporary key");
    }
    UploadOptions first = upload.toBuilder().condition(WriteCondition.none()).build();
    RewriteResult made;
    try {
      made = write(all, content, temporary, first, options, byStore);
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.UNAVAILABLE) { // it may be there all the same
        removeAfter(e, temporary);
      }
      throw e;
    }
    ObjectInfo promoted;
    try {
      promoted = promote(made.object(), target, upload, options);
    } catch (RuntimeException e) {
      removeAfter(e, temporary);
      throw e;
    }
    try {
      targets.remove(temporary);
    } catch (S3VfsException e) {
      LOG.warn("{} was written, and {} is left: {}", target, temporary, e.getMessage());
    }
    return new RewriteResult(promoted, made.headerAdded(), made.bytesSent(), made.bytesCopied());
  }

  private void removeAfter(RuntimeException failure, ObjectLocation temporary) {
    try {
      targets.remove(temporary);
    } catch (S3VfsException left) {
      failure.addSuppressed(left);
    }
  }

  private ObjectInfo promote(
      ObjectInfo temporary, ObjectLocation target, UploadOptions upload, RewriteOptions options) {
    LargeObjects objects = targets.in(target.bucket());
    UploadOptions quiet = upload.toBuilder().progress(TransferProgress.NONE).build();
    Condition condition = upload.condition().toStore();
    if (temporary.size() <= ONE_COPY && condition.kind() == Condition.Kind.NONE) {
      return ObjectInfo.of(
          target,
          temporary.size(),
          Await.outcome(
              objects.copy(
                  RewriteSources.copySource(temporary),
                  target.key(),
                  quiet.attributes(),
                  condition),
              objects.copyDeadline().plusSeconds(5),
              "COPY " + temporary.location() + " to " + target),
          quiet.attributes());
    }
    ObjectRewriter within = of(targets);
    RewriteOptions copying =
        options.withTemporarySuffix(null).withCopied(false, false).withUpload(quiet);
    return within.copy(temporary.location(), target, copying).object();
  }
}
