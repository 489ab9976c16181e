package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that versions of a database refer to: their records and page maps, and each
 * group of pages with the checksums in it. One object makes one check. Not thread-safe.
 */
final class SnapshotCheck {
  /** How often it begins anew when others collect or compact meanwhile. */
  private static final int ATTEMPTS = 4;

  /** So many frames of one object are named. */
  private static final int NAMED = 20;

  private final S3Location location;
  private final HeadObject object;
  private final DatabaseObjects objects;
  private final StoredFrames frames;
  private final Findings findings;

  /** What was found of each object; told when it is certain. */
  private final Map<String, List<String>> damage = new LinkedHashMap<>();

  /** Where pages must be, by the frame that must have them. */
  private final Map<FrameRef, Set<Place>> groups = new LinkedHashMap<>();

  private final Set<FrameRef> nodes = new HashSet<>();
  private final Set<SegmentName> segments = new HashSet<>();
  private final Set<SegmentName> missing = new HashSet<>();
  private Origin origin = Origin.own(Nonce.ZERO);
  private long versions;
  private long bytes;

  /** Pages that a group must have. */
  private record Place(Extents.Extent extent, int pageSize) {}

  /** A part of a map that is to be read, and the page size of its version. */
  private record Node(FrameRef frame, int height, int pageSize) {
    boolean isLeaf() {
      return height < 0;
    }
  }

  SnapshotCheck(
      S3Location location,
      HeadObject object,
      DatabaseObjects objects,
      StoredFrames frames,
      Findings findings) {
    this.location = location;
    this.object = object;
    this.objects = objects;
    this.frames = frames;
    this.findings = findings;
  }

  /** Checks the newest version, or all that are kept. */
  Checked run(boolean allVersions) {
    for (int i = 1; ; i++) {
      Seen seen = head();
      if (seen == null) {
        break;
      }
      begin();
      check(seen.head(), allVersions);
      if (damage.isEmpty() || i == ATTEMPTS || !wasMoved(seen.head())) {
        break;
      }
    }
    damage.forEach(this::tell);
    return new Checked(Layout.SNAPSHOT, versions, segments.size() + 1L, bytes);
  }

  private void begin() {
    damage.clear();
    groups.clear();
    nodes.clear();
    segments.clear();
    missing.clear();
    versions = 0;
    bytes = 0;
  }

  /** Whether what is missing may have been collected since the head was read. */
  private boolean wasMoved(Head before) {
    Seen now = head();
    return now != null
        && (now.head().epoch() != before.epoch() || !now.head().place().equals(before.place()));
  }

  /** The head, or null if it is damaged or missing, which is damage then. */
  private @Nullable Seen head() {
    Seen seen;
    try {
      seen = object.read(null);
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      damaged(object.describe(), String.valueOf(e.getMessage()));
      return null;
    }
    int left = seen == null ? objects.segments().size() : 0;
    if (left > 0) {
      damaged(
          object.describe(), object.describe() + " is missing, while segments are there: " + left);
      return null;
    }
    if (seen == null || seen.head().record().version() == 0) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    return seen;
  }

  private void damaged(String name, String message) {
    damage.computeIfAbsent(name, each -> new ArrayList<>()).add(message);
  }

  private void damaged(SegmentName segment, String message) {
    damaged(frames.describe(origin, segment), message);
  }

  private void tell(String name, List<String> messages) {
    messages.stream().limit(NAMED).forEach(each -> findings.damaged(name, each));
    if (messages.size() > NAMED) {
      findings.damaged(name, name + ": " + (messages.size() - NAMED) + " more of its frames");
    }
  }

  private void check(Head head, boolean allVersions) {
    origin = head.record().origin();
    Set<SegmentName> stored = objects.segments().keySet();
    List<Node> next = new ArrayList<>();
    add(head.record(), next);
    checkPlace(head);
    if (allVersions) {
      readPast(head, next);
    }
    while (!next.isEmpty()) {
      next = readNodes(next);
    }
    segments.stream().filter(each -> !stored.contains(origin.object(each))).forEach(missing::add);
    readGroups();
    missing.forEach(
        each -> damaged(each, frames.describe(origin, each) + " is missing" + lost(each)));
  }

  /** The record that the head has must be in its segment, too: later versions refer to it there. */
  private void checkPlace(Head head) {
    segments.add(head.place().segment());
    read(
        Map.of(head.place(), Frames.RECORD),
        (frame, body) -> {
          VersionRecord found = VersionRecord.decode(body);
          if (!found.equals(head.record())) {
            damaged(
                frame.segment(),
                frames.describe(origin, frame.segment()) + " has another record than the head");
          }
        });
  }

  /** What a version refers to; the nodes of its map are still to be read. */
  private void add(VersionRecord record, List<Node> next) {
    versions++;
    add(record.changes(), record.pageSize());
    record.runs().forEach(run -> add(run.root(), record.pageSize(), next));
  }

  private void add(MapIndex index, int pageSize, List<Node> next) {
    for (MapIndex.Child child : index.children()) {
      if (nodes.add(child.frame())) {
        segments.add(child.frame().segment());
        next.add(new Node(child.frame(), index.height() - 1, pageSize));
      }
    }
  }

  private void add(Extents extents, int pageSize) {
    for (Extents.Extent extent : extents.list()) {
      FrameRef group = extent.group();
      if (group != null) {
        segments.add(group.segment());
        groups.computeIfAbsent(group, each -> new HashSet<>(2)).add(new Place(extent, pageSize));
      }
    }
  }

  /** The records of all earlier versions that are kept. */
  private void readPast(Head head, List<Node> next) {
    Set<Long> known = new HashSet<>();
    List<VersionRecord.Past> todo = kept(head, head.record(), known);
    while (!todo.isEmpty()) {
      Map<FrameRef, Long> wanted = new HashMap<>();
      Map<FrameRef, Integer> kinds = new LinkedHashMap<>();
      for (VersionRecord.Past each : todo) {
        segments.add(each.record().segment());
        wanted.put(each.record(), each.version());
        kinds.put(each.record(), Frames.RECORD);
      }
      List<VersionRecord.Past> found = new ArrayList<>();
      read(
          kinds,
          (frame, body) -> {
            VersionRecord record = VersionRecord.decode(body);
            if (!wanted.getOrDefault(frame, 0L).equals(record.version())) {
              throw body.corrupt(
                  "the record of version " + record.version() + ", not " + wanted.get(frame));
            }
            add(record, next);
            found.addAll(kept(head, record, known));
          });
      todo = found;
    }
  }

  private static List<VersionRecord.Past> kept(Head head, VersionRecord record, Set<Long> known) {
    return record.past().stream()
        .filter(past -> past.version() >= head.upkeep().oldest() && known.add(past.version()))
        .toList();
  }

  /** Reads nodes of page maps; returns those below them. */
  private List<Node> readNodes(List<Node> level) {
    Map<FrameRef, Node> byFrame = new HashMap<>();
    Map<FrameRef, Integer> kinds = new LinkedHashMap<>();
    for (Node each : level) {
      byFrame.put(each.frame(), each);
      kinds.put(each.frame(), each.isLeaf() ? Frames.MAP_LEAF : Frames.MAP_INDEX);
    }
    List<Node> next = new ArrayList<>();
    read(
        kinds,
        (frame, body) -> {
          Node node = byFrame.getOrDefault(frame, level.get(0));
          if (node.isLeaf()) {
            add(Extents.decode(body), node.pageSize());
            return;
          }
          MapIndex index = MapIndex.decode(body);
          body.check(index.height() == node.height(), "a map index of height " + index.height());
          add(index, node.pageSize(), next);
        });
    return next;
  }

  private void readGroups() {
    Map<FrameRef, Integer> kinds = new LinkedHashMap<>();
    groups.keySet().forEach(each -> kinds.put(each, Frames.PAGE_GROUP));
    Set<SegmentName> present = new HashSet<>(segments);
    present.removeAll(missing);
    present.forEach(each -> kinds.put(new FrameRef(each, 0, Frames.MAGIC.length), 0));
    try (PageGroup.Memory memory = new PageGroup.Memory()) {
      read(
          kinds,
          (frame, body) -> {
            PageGroup group =
                PageGroup.decode(body.rest(), frames.describe(origin, frame.segment()), memory)
                    .group();
            for (Place place : groups.getOrDefault(frame, Set.of())) {
              check(frame, group, place);
            }
          });
    }
  }

  private void check(FrameRef frame, PageGroup group, Place place) {
    Extents.Extent extent = place.extent();
    for (long page = extent.first(); page < extent.end(); page++) {
      int position = extent.position() + (int) (page - extent.first());
      if (group.offset(page, position, place.pageSize()) < 0) {
        damaged(
            frame.segment(),
            frames.describe(origin, frame.segment())
                + " is damaged: page "
                + page
                + " is not where the map says");
      }
    }
  }

  /** Takes what a frame has. */
  private interface Content {
    /**
     * The body of a frame.
     *
     * @throws S3VfsException {@code CORRUPT}
     */
    void take(FrameRef frame, Decoder body);
  }

  /** Reads frames, by their kinds; 0 is the beginning of a segment. */
  private void read(Map<FrameRef, Integer> kinds, Content content) {
    Map<FrameRef, Integer> wanted = new LinkedHashMap<>(kinds);
    wanted.keySet().removeIf(each -> missing.contains(each.segment()));
    findings.expected(wanted.keySet().stream().mapToLong(FrameRef::length).sum());
    frames.read(
        origin,
        wanted.keySet(),
        (frame, read, size) -> {
          findings.read(frame.length());
          bytes += read.remaining();
          if (size < 0) {
            missing.add(frame.segment());
            return;
          }
          String name = frames.describe(origin, frame.segment());
          try {
            check(frame, wanted.getOrDefault(frame, 0), read, size, name, content);
          } catch (S3VfsException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
              throw e;
            }
            damaged(name, e.getMessage() + pages(frame));
          }
        });
  }

  private void check(
      FrameRef frame, int kind, ByteBuffer read, long size, String name, Content content) {
    Decoder start = new Decoder(read.slice(), name);
    start.check(
        size >= frame.end(),
        "it has " + size + " bytes, and something at " + frame.offset() + " to " + frame.end());
    if (kind == 0) {
      start.check(
          Arrays.equals(start.bytes(Frames.MAGIC.length), Frames.MAGIC),
          "it does not begin as a segment does");
      return;
    }
    content.take(frame, new Decoder(Frames.open(origin.uuid(), frame, kind, read, name), name));
  }

  /** The pages that are lost with a frame. */
  private String pages(FrameRef frame) {
    return pages(groups.getOrDefault(frame, Set.of()));
  }

  /** The pages that are lost with a segment. */
  private String lost(SegmentName segment) {
    List<Place> places = new ArrayList<>();
    groups.forEach(
        (frame, each) -> {
          if (frame.segment().equals(segment)) {
            places.addAll(each);
          }
        });
    return pages(places);
  }

  private static String pages(Collection<Place> places) {
    TreeSet<Long> pages = new TreeSet<>();
    for (Place place : places) {
      for (long page = place.extent().first(); page < place.extent().end(); page++) {
        pages.add(page);
      }
    }
    return pages.isEmpty()
        ? ""
        : pages.size() == 1
            ? " (page " + pages.first() + ")"
            : " (" + pages.size() + " pages, from " + pages.first() + " to " + pages.last() + ")";
  }
}
