package io.github.s3vfs.internal.layout;

import io.github.s3vfs.Layout;

/**
 * What a check of the stored objects of a database has looked at.
 *
 * @param layout of the database
 * @param versions how many; 1 in a layout that keeps none
 * @param objects how many
 * @param bytes of these that were read
 */
public record Checked(Layout layout, long versions, long objects, long bytes) {}
