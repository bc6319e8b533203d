import json, sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
out=sys.argv[1]
n=50
ids=list(range(n))
v=[[float(np.float32(i+d/8)) for d in range(4)] for i in ids]
bits=[[i%256, 255-i] for i in ids]
half=[np.array(x,dtype=np.float16).view(np.uint8).tolist() for x in v]
t=pa.table({
 "id":pa.array(ids,pa.int64()),
 "bool":pa.array([i%2==0 for i in ids]),
 "small":pa.array([i-25 for i in ids],pa.int8()),
 "number":pa.array([None if i%7==0 else i*0.5 for i in ids],pa.float64()),
 "word":pa.array([f"word {i%9}" for i in ids]),
 "json":pa.array([json.dumps({"n":i}) for i in ids]),
 "ints":pa.array([list(range(i%4)) for i in ids],pa.list_(pa.int32())),
 "v":pa.array(v,pa.list_(pa.float32())),
 "half":pa.array(half,pa.list_(pa.uint8())),
 "bits":pa.array(bits,pa.list_(pa.uint8())),
 "sparse":pa.array([json.dumps({str(i):0.5,"1000":1.0}) for i in ids]),
})
pq.write_table(t,f"{out}/rows-snappy.parquet",row_group_size=20)
pq.write_table(t,f"{out}/rows-v2-zstd.parquet",compression="zstd",data_page_version="2.0",use_dictionary=False,data_page_size=300,write_batch_size=5)
pq.write_table(t.set_column(10,"sparse",pa.array([{"indices":[i,1000],"values":[0.5,1.0]} for i in ids],pa.struct([("indices",pa.list_(pa.uint32())),("values",pa.list_(pa.float32()))]))),f"{out}/rows-gzip-struct.parquet",compression="gzip",column_encoding={"v.list.element":"BYTE_STREAM_SPLIT"},use_dictionary=["word"])
np.save(f"{out}/id.npy",np.array(ids)); np.save(f"{out}/v.npy",np.array(v,dtype=np.float32)); np.save(f"{out}/word.npy",np.array([f"word {i%9}" for i in ids]))
def clips(i):
 return None if i%7==6 else [{"v":[float(np.float32(i+e+d/8)) for d in range(4)],"b":[(i+e)%256,e],"n":i*10+e,"word":f"w{e}"} for e in range(i%4)]
clip=pa.struct([("v",pa.list_(pa.float32())),("b",pa.list_(pa.uint8())),("n",pa.int32()),("word",pa.string())])
s=pa.table({"id":pa.array(ids,pa.int64()),"clips":pa.array([clips(i) for i in ids],pa.list_(clip))})
pq.write_table(s,f"{out}/structs.parquet",row_group_size=20)
pq.write_table(s,f"{out}/structs-v2.parquet",compression="zstd",data_page_version="2.0",data_page_size=200,write_batch_size=3)
for suffix,made in [("jsonl",None),("csv","id,clips\n")]:
 with open(f"{out}/structs.{suffix}","w") as f:
  if made: f.write(made)
  for i in ids:
   text=json.dumps(clips(i))
   f.write(json.dumps({"id":i,"clips":clips(i)})+"\n" if not made else f'{i},'+("" if clips(i) is None else '"'+text.replace('"','""')+'"')+"\n")
