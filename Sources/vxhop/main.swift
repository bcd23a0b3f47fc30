print("vxhop")
