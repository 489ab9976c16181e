package io.github.s3vfs.internal.layout.blocks;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a writer takes to be stored before it stores blocks.
 *
 * @param isNew whether no block of that number should be there
 * @param first the ETag of block 0, "" if there should be none, null if it is not known. As long as
 *     block 0 is the expected one, any other block that is not has been left so by a write that
 *     failed or was rolled back, and is overwritten
 */
record Expected(LongPredicate isNew, @Nullable String first) {}
