package io.github.s3vfs.transfer;

/**
 * What became of a rewriting.
 *
 * @param object the result
 * @param headerAdded whether the header's line was put in front that no source had there
 * @param bytesSent bytes of the result that were sent from here
 * @param bytesCopied bytes of it that the store copied by itself
 */
public record RewriteResult(
    ObjectInfo object, boolean headerAdded, long bytesSent, long bytesCopied) {}
