/**
 * A model of how the layout {@code snapshot} commits ("How the head changes" in docs/FORMAT.md),
 * and a search through all that can happen in it: requests whose answers are lost and that take
 * effect later, writers that die or are cloned, claims that are broken, pages that are moved,
 * segments that are deleted.
 *
 * <p>It models the protocol and not the code, and imports nothing of the library. A {@link
 * io.github.s3vfs.model.State} is the store, the requests in flight and the memory of all actors;
 * an {@link io.github.s3vfs.model.Actor} says what may happen next; the {@link
 * io.github.s3vfs.model.Explorer} visits every state within some {@link
 * io.github.s3vfs.model.Bounds} and looks at the {@link io.github.s3vfs.model.Invariants} in each.
 * Each {@link io.github.s3vfs.model.Rule} of the protocol can be left out, to see that it is needed
 * and that the search finds what then goes wrong.
 *
 * <p>Time is not modelled: that a term has passed can happen at any moment. So nothing here is safe
 * because something is fast or slow.
 *
 * <p>One thread; nothing is shared between explorations.
 */
package io.github.s3vfs.model;
