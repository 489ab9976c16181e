package io.github.s3vfs.internal.layout.snapshot;

import java.util.LinkedHashSet;
import java.util.Set;

/** The segments that a page map refers to, by its nodes and by the groups of pages. */
final class ReferredSegments implements Segments.MapVisitor {
  private final Set<SegmentName> names = new LinkedHashSet<>();

  private ReferredSegments() {}

  /**
   * Those of a version, without that of its record. Reads its whole map.
   *
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if one of the map is missing
   */
  static Set<SegmentName> of(VersionRecord record, Segments segments) {
    ReferredSegments all = new ReferredSegments();
    all.addGroups(record.changes());
    record.runs().forEach(run -> segments.visit(record.origin(), run.root(), all));
    return all.names;
  }

  @Override
  public void leaf(FrameRef frame, Extents leaf) {
    names.add(frame.segment());
    addGroups(leaf);
  }

  @Override
  public void index(FrameRef frame) {
    names.add(frame.segment());
  }

  private void addGroups(Extents extents) {
    for (Extents.Extent extent : extents.list()) {
      FrameRef group = extent.group();
      if (group != null) {
        names.add(group.segment());
      }
    }
  }
}
