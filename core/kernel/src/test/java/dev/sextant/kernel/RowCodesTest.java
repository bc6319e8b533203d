package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RowCodesTest {
    /// The same codes, 32 beside each other and each apart: what they say of a row differs by how a query is rounded.
    @Test
    void anEstimateIsThatOfTheSameCodeInABlock() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var memory = new Memory(64 << 20);
        for (var code : NodeBlocks.Code.values())
            for (int turned : new int[] {64, 128, 832}) {
                var blocks = new NodeBlocks(turned, turned, code, NodeBlocks.FAN);
                var codes = new RowCodes(turned, code);
                try (var region = memory.allocate(
                        "test",
                        64
                                + blocks.blockBytes()
                                + blocks.queryBytes()
                                + codes.queryBytes()
                                + codes.room()
                                + blocks.fanRoom()
                                + codes.bytes()
                                + 12L * turned)) {
                    long block = region.address(),
                            blockQuery = block + blocks.blockBytes(),
                            query = blockQuery + blocks.queryBytes(),
                            at = query + codes.queryBytes(),
                            centre = at + codes.bytes(),
                            difference = centre + 4L * turned,
                            asked = difference + 4L * turned,
                            room = asked + 4L * turned;
                    double scale = 0;
                    for (int i = 0; i < turned; i++) {
                        Raw.putFloat(centre + 4L * i, (float) random.nextGaussian());
                        float part = (float) random.nextGaussian();
                        Raw.putFloat(difference + 4L * i, part);
                        Raw.putFloat(asked + 4L * i, (float) random.nextGaussian());
                        scale += part * part;
                    }
                    blocks.prepareTables(asked, blockQuery);
                    blocks.beginFan(block, 0, room);
                    blocks.putNeighbour(block, 0, 0, 7, difference, centre, room);
                    blocks.endFan(block, 0, room);
                    blocks.scan(blockQuery, block, 0, 1000, 0);
                    codes.put(difference, centre, at, room);
                    codes.prepare(asked, query);
                    codes.preparePlanes(query);
                    assertThat((double) codes.estimate(query, at, 1000))
                            .as("seed %d, %s, %d components", seed, code, turned)
                            .isCloseTo(NodeBlocks.estimate(blockQuery, 0), within(0.05 * scale));
                }
            }
    }
}
