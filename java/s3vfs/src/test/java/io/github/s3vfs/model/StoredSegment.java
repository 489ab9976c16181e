package io.github.s3vfs.model;

/**
 * A segment as it is in the store: one page.
 *
 * @param name its name
 * @param page its content: the transactions that wrote this page so far, one bit for each
 */
record StoredSegment(Segment name, int page) {}
