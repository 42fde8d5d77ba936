package org.pgrewind4j.wal.control;

import static org.pgrewind4j.wal.PostgresVersion.V10;
import static org.pgrewind4j.wal.PostgresVersion.V12;
import static org.pgrewind4j.wal.PostgresVersion.V18;
import static org.pgrewind4j.wal.PostgresVersion.V9_6;

import org.pgrewind4j.wal.PostgresVersion;

/**
 * The fields of {@code ControlFileData}, the contents of {@code global/pg_control}, in the order of their declaration
 * (PostgreSQL: {@code src/include/catalog/pg_control.h}). The file is 8192 bytes long; what follows the CRC is zero.
 *
 * <table>
 * <caption>Offsets in bytes; all numbers little-endian</caption>
 * <tr><th>field</th><th>9.6</th><th>10</th><th>11</th><th>12</th><th>13 to 17</th><th>18</th></tr>
 * <tr><td>system identifier</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td></tr>
 * <tr><td>control version</td><td>8</td><td>8</td><td>8</td><td>8</td><td>8</td><td>8</td></tr>
 * <tr><td>catalog version</td><td>12</td><td>12</td><td>12</td><td>12</td><td>12</td><td>12</td></tr>
 * <tr><td>state</td><td>16</td><td>16</td><td>16</td><td>16</td><td>16</td><td>16</td></tr>
 * <tr><td>time</td><td>24</td><td>24</td><td>24</td><td>24</td><td>24</td><td>24</td></tr>
 * <tr><td>checkpoint</td><td>32</td><td>32</td><td>32</td><td>32</td><td>32</td><td>32</td></tr>
 * <tr><td>previous checkpoint</td><td>40</td><td>40</td><td></td><td></td><td></td><td></td></tr>
 * <tr><td>checkpoint copy</td><td>48</td><td>48</td><td>40</td><td>40</td><td>40</td><td>40</td></tr>
 * <tr><td>unlogged LSN</td><td>128</td><td>128</td><td>120</td><td>128</td><td>128</td><td>128</td></tr>
 * <tr><td>minimum recovery point</td><td>136</td><td>136</td><td>128</td><td>136</td><td>136</td><td>136</td></tr>
 * <tr><td>its timeline</td><td>144</td><td>144</td><td>136</td><td>144</td><td>144</td><td>144</td></tr>
 * <tr><td>backup start</td><td>152</td><td>152</td><td>144</td><td>152</td><td>152</td><td>152</td></tr>
 * <tr><td>backup end</td><td>160</td><td>160</td><td>152</td><td>160</td><td>160</td><td>160</td></tr>
 * <tr><td>backup end required</td><td>168</td><td>168</td><td>160</td><td>168</td><td>168</td><td>168</td></tr>
 * <tr><td>wal_level</td><td>172</td><td>172</td><td>164</td><td>172</td><td>172</td><td>172</td></tr>
 * <tr><td>wal_log_hints</td><td>176</td><td>176</td><td>168</td><td>176</td><td>176</td><td>176</td></tr>
 * <tr><td>max_connections</td><td>180</td><td>180</td><td>172</td><td>180</td><td>180</td><td>180</td></tr>
 * <tr><td>max_worker_processes</td><td>184</td><td>184</td><td>176</td><td>184</td><td>184</td><td>184</td></tr>
 * <tr><td>max_wal_senders</td><td></td><td></td><td></td><td>188</td><td>188</td><td>188</td></tr>
 * <tr><td>max_prepared_transactions</td><td>188</td><td>188</td><td>180</td><td>192</td><td>192</td><td>192</td></tr>
 * <tr><td>max_locks_per_transaction</td><td>192</td><td>192</td><td>184</td><td>196</td><td>196</td><td>196</td></tr>
 * <tr><td>track_commit_timestamp</td><td>196</td><td>196</td><td>188</td><td>200</td><td>200</td><td>200</td></tr>
 * <tr><td>maximum alignment</td><td>200</td><td>200</td><td>192</td><td>204</td><td>204</td><td>204</td></tr>
 * <tr><td>float format</td><td>208</td><td>208</td><td>200</td><td>208</td><td>208</td><td>208</td></tr>
 * <tr><td>block size</td><td>216</td><td>216</td><td>208</td><td>216</td><td>216</td><td>216</td></tr>
 * <tr><td>relation segment blocks</td><td>220</td><td>220</td><td>212</td><td>220</td><td>220</td><td>220</td></tr>
 * <tr><td>WAL block size</td><td>224</td><td>224</td><td>216</td><td>224</td><td>224</td><td>224</td></tr>
 * <tr><td>WAL segment size</td><td>228</td><td>228</td><td>220</td><td>228</td><td>228</td><td>228</td></tr>
 * <tr><td>identifier length</td><td>232</td><td>232</td><td>224</td><td>232</td><td>232</td><td>232</td></tr>
 * <tr><td>index columns</td><td>236</td><td>236</td><td>228</td><td>236</td><td>236</td><td>236</td></tr>
 * <tr><td>TOAST chunk size</td><td>240</td><td>240</td><td>232</td><td>240</td><td>240</td><td>240</td></tr>
 * <tr><td>large object chunk size</td><td>244</td><td>244</td><td>236</td><td>244</td><td>244</td><td>244</td></tr>
 * <tr><td>64-bit date and time</td><td>248</td><td></td><td></td><td></td><td></td><td></td></tr>
 * <tr><td>float4 by value</td><td>249</td><td>248</td><td>240</td><td>248</td><td></td><td></td></tr>
 * <tr><td>float8 by value</td><td>250</td><td>249</td><td>241</td><td>249</td><td>248</td><td>248</td></tr>
 * <tr><td>data checksum version</td><td>252</td><td>252</td><td>244</td><td>252</td><td>252</td><td>252</td></tr>
 * <tr><td>char signedness</td><td></td><td></td><td></td><td></td><td></td><td>256</td></tr>
 * <tr><td>mock authentication nonce</td><td></td><td>256</td><td>248</td><td>256</td><td>256</td><td>257</td></tr>
 * <tr><td>CRC-32C of all above</td><td>256</td><td>288</td><td>280</td><td>288</td><td>288</td><td>292</td></tr>
 * </table>
 */
enum ControlFileField implements StructField {
    SYSTEM_IDENTIFIER(8),
    CONTROL_VERSION(4),
    CATALOG_VERSION(4),
    STATE(4),
    TIME(8),
    CHECK_POINT(8),
    PREVIOUS_CHECK_POINT(8, V9_6, V10),
    CHECK_POINT_COPY(0) {
        @Override
        public int size(PostgresVersion version) {
            return ControlLayouts.checkPoint(version).size();
        }

        @Override
        public int alignment() {
            return 8;
        }
    },
    UNLOGGED_LSN(8),
    MIN_RECOVERY_POINT(8),
    MIN_RECOVERY_POINT_TIMELINE(4),
    BACKUP_START_POINT(8),
    BACKUP_END_POINT(8),
    BACKUP_END_REQUIRED(1),
    WAL_LEVEL(4),
    WAL_LOG_HINTS(1),
    MAX_CONNECTIONS(4),
    MAX_WORKER_PROCESSES(4),
    MAX_WAL_SENDERS(4, V12),
    MAX_PREPARED_TRANSACTIONS(4),
    MAX_LOCKS_PER_TRANSACTION(4),
    TRACK_COMMIT_TIMESTAMP(1),
    MAX_ALIGNMENT(4),
    FLOAT_FORMAT(8),
    BLOCK_SIZE(4),
    RELATION_SEGMENT_BLOCKS(4),
    WAL_BLOCK_SIZE(4),
    WAL_SEGMENT_SIZE(4),
    IDENTIFIER_LENGTH(4),
    INDEX_COLUMNS(4),
    TOAST_CHUNK_SIZE(4),
    LARGE_OBJECT_CHUNK_SIZE(4),
    INTEGER_DATETIMES(1, V9_6, V9_6),
    FLOAT4_BY_VALUE(1, V9_6, V12),
    FLOAT8_BY_VALUE(1),
    DATA_CHECKSUM_VERSION(4),
    CHAR_SIGNEDNESS(1, V18),
    MOCK_AUTHENTICATION_NONCE(32, V10) {
        @Override
        public int alignment() {
            return 1;
        }
    },
    CRC(4);

    private final int size;
    private final PostgresVersion first;
    private final PostgresVersion last;

    ControlFileField(int size) {
        this(size, V9_6);
    }

    ControlFileField(int size, PostgresVersion first) {
        this(size, first, LATEST);
    }

    ControlFileField(int size, PostgresVersion first, PostgresVersion last) {
        this.size = size;
        this.first = first;
        this.last = last;
    }

    @Override
    public int size(PostgresVersion version) {
        return size;
    }

    @Override
    public int alignment() {
        return size;
    }

    @Override
    public boolean existsIn(PostgresVersion version) {
        return version.isAtLeast(first) && last.isAtLeast(version);
    }
}
